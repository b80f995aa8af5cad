//! A server with its store and people.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::error::InternalError;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use async_trait::async_trait;
use parlour_domain::port::{Clock, IdSource, Notice, Notifier, NotifyError, SessionRepo, UserRepo};
use parlour_domain::usecase::{Authenticate, CreateRoom, CreateRoomCommand, DeleteRoom, ExpireRooms, ReadInbox};
use parlour_domain::{
    Credential, DisplayName, InboxEntry, Invitees, RoomId, RoomName, RoomPlan, Seq, Session, SessionId,
    SessionLifetime, SessionToken, Timestamp, Ttl, User, UserHandle, UserId, Username,
};
use parlour_notifier_websocket::{Gateway, Hub, Limits, configure, end_stalled_connections};
use parlour_store_memory::MemoryStore;
use uuid::Uuid;

use crate::faults::Faulty;

/// Nobody is told anything.
struct Nobody;

#[async_trait]
impl Notifier for Nobody {
    async fn notify(&self, _: Vec<Notice>) -> Result<(), NotifyError> {
        Ok(())
    }
}

/// Starts at a fixed instant, runs with real time, and can be put forward.
pub(crate) struct TestClock {
    started: Instant,
    ahead: AtomicI64,
}

impl TestClock {
    const START: i64 = 1_795_370_400_000_000;

    pub(crate) fn put_forward(&self, by: Duration) {
        self.ahead.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let run = i64::try_from(self.started.elapsed().as_micros()).unwrap();
        Timestamp::from_micros(Self::START + run + self.ahead.load(Ordering::SeqCst)).unwrap()
    }
}

#[derive(Default)]
struct TestIds {
    minted: AtomicU64,
}

impl IdSource for TestIds {
    fn uuid(&self) -> Uuid {
        let n = u128::from(self.minted.fetch_add(1, Ordering::SeqCst));
        Uuid::from_u128(0x0192_f0c1_2345_7000_8000_0000_0000_0000 + n)
    }

    fn session_token(&self) -> SessionToken {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&self.minted.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        SessionToken::from_random_bytes(bytes)
    }

    fn user_handle(&self) -> UserHandle {
        UserHandle::from_random_bytes([7; 64])
    }
}

/// A user with a session.
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) session: SessionId,
    pub(crate) token: SessionToken,
}

pub(crate) struct Chat {
    pub(crate) address: SocketAddr,
    pub(crate) hub: Hub,
    pub(crate) store: Arc<Faulty>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) inbox: Arc<ReadInbox>,
    ids: Arc<TestIds>,
    server: ServerHandle,
}

fn bearer(request: &HttpRequest) -> Option<Credential> {
    request.headers().get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")?.parse().ok()
}

impl Chat {
    pub(crate) fn start() -> Self {
        Self::start_with(Limits::default())
    }

    pub(crate) fn start_with(limits: Limits) -> Self {
        Self::start_with_lifetime(limits, SessionLifetime::default())
    }

    pub(crate) fn start_with_lifetime(limits: Limits, lifetime: SessionLifetime) -> Self {
        let store = Arc::new(Faulty::new(MemoryStore::new()));
        let clock = Arc::new(TestClock { started: Instant::now(), ahead: AtomicI64::new(0) });
        let patience = limits.send_timeout * 20;
        let hub = Hub::new(limits);
        let inbox = Arc::new(ReadInbox::new(store.clone()));
        let gateway = web::Data::new(Gateway {
            hub: hub.clone(),
            authenticate: Arc::new(Authenticate::new(store.clone(), clock.clone()).with_lifetime(lifetime)),
            inbox: inbox.clone(),
            clock: clock.clone(),
            credential_of: bearer,
        });
        let server = HttpServer::new(move || {
            let gateway = gateway.clone();
            App::new()
                .app_data(web::QueryConfig::default().error_handler(|error, _| {
                    let answer = HttpResponse::BadRequest().body(format!("mapped: {error}"));
                    InternalError::from_response(error, answer).into()
                }))
                .configure(move |config| configure(config, gateway))
        })
        .workers(2)
        .disable_signals()
        .shutdown_timeout(1);
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        end_stalled_connections(&listener, patience).unwrap();
        let running = server.listen(listener).unwrap().run();
        let server = running.handle();
        tokio::spawn(running);
        Self { address, hub, store, clock, inbox, ids: Arc::default(), server }
    }

    pub(crate) async fn person(&self, name: &str) -> Person {
        let id = self.user(name).await;
        self.session_of(id, Duration::from_secs(3_600)).await
    }

    pub(crate) async fn user(&self, name: &str) -> UserId {
        let user = User {
            id: UserId::from_uuid(self.ids.uuid()),
            username: Username::parse(name).unwrap(),
            display_name: DisplayName::parse(&format!("{name} of Parlour")).unwrap(),
            is_active: true,
            is_verified: false,
            created_at: self.clock.now(),
        };
        let id = user.id;
        UserRepo::insert(&self.store.store, user).await.unwrap();
        id
    }

    /// Another session of a user.
    pub(crate) async fn session_of(&self, id: UserId, lifetime: Duration) -> Person {
        let token = self.ids.session_token();
        let now = self.clock.now();
        let session = Session {
            expires_at: now.after(lifetime),
            ..Session::issue(SessionId::from_uuid(self.ids.uuid()), id, &token, now)
        };
        let person = Person { id, session: session.id, token };
        SessionRepo::insert(&self.store.store, session).await.unwrap();
        person
    }

    /// A direct room, told to everyone.
    pub(crate) async fn room(&self, creator: UserId, other: UserId) -> RoomId {
        self.create(creator, RoomPlan::direct(Invitees::parse(creator, vec![other]).unwrap()).unwrap()).await
    }

    pub(crate) async fn group(&self, creator: UserId, others: Vec<UserId>, name: Option<&str>) -> RoomId {
        let name = name.map(|name| RoomName::parse(name).unwrap());
        self.create(creator, RoomPlan::group(Invitees::parse(creator, others).unwrap(), name)).await
    }

    pub(crate) async fn ephemeral(&self, creator: UserId, other: UserId) -> RoomId {
        let invitees = Invitees::parse(creator, vec![other]).unwrap();
        self.create(creator, RoomPlan::ephemeral(invitees, None, Ttl::parse(60).unwrap())).await
    }

    /// `count` groups that nobody is told of.
    pub(crate) async fn untold_groups(&self, creator: UserId, other: UserId, count: usize) {
        for _ in 0..count {
            let plan = RoomPlan::group(Invitees::parse(creator, vec![other]).unwrap(), None);
            self.create_telling(Arc::new(Nobody), creator, plan).await;
        }
    }

    async fn create(&self, creator: UserId, plan: RoomPlan) -> RoomId {
        self.create_telling(Arc::new(self.hub.clone()), creator, plan).await
    }

    async fn create_telling(&self, notifier: Arc<dyn Notifier>, creator: UserId, plan: RoomPlan) -> RoomId {
        let (people, rooms) = (Arc::new(self.store.store.clone()), Arc::new(self.store.rooms()));
        let create = CreateRoom::new(people.clone(), people, rooms, notifier, self.clock.clone(), self.ids.clone());
        let command = CreateRoomCommand { creator, plan, idempotency: None };
        create.execute(command).await.unwrap().view.room.room_id
    }

    pub(crate) async fn delete(&self, owner: UserId, room: RoomId) {
        let (rooms, notifier) = (Arc::new(self.store.rooms()), Arc::new(self.hub.clone()));
        let delete = DeleteRoom::new(rooms, notifier, self.clock.clone(), self.ids.clone());
        delete.execute(owner, room).await.unwrap();
    }

    pub(crate) async fn sweep(&self) {
        let (rooms, notifier) = (Arc::new(self.store.rooms()), Arc::new(self.hub.clone()));
        let sweep = ExpireRooms::new(rooms, notifier, self.clock.clone(), self.ids.clone());
        assert_eq!(sweep.execute().await.unwrap(), 1);
    }

    /// All of a user's inbox.
    pub(crate) async fn entries(&self, user: UserId) -> Vec<InboxEntry> {
        self.inbox.execute(user, Seq::ZERO, u32::MAX).await.unwrap().entries
    }

    /// Waits until so many sockets are registered.
    pub(crate) async fn until_connected(&self, wanted: usize) {
        eventually(|| self.hub.connected() == wanted).await;
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// Waits for a condition; fails when it does not come true in a generous time.
pub(crate) async fn eventually(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "condition did not come true");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
