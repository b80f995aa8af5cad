//! A small world in which one request is made: some people, a slow clock, and nodes on one store.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use parlour_domain::port::{
    CeremonyRepo, Clock, ContactRepo, Disconnector, IdSource, InboxRepo, Notifier, PasskeyRepo, ProfileRepo, RoomRepo,
    SessionRepo, UserRepo,
};
use parlour_domain::usecase::{
    AddParticipant, AddPasskey, AdmitSubject, Authenticate, BlockUser, Ceremonies, ChangeDisplayName, ChangeRole,
    ContactSettings, CreateRoom, DeactivateAccount, DeleteRoom, ExpireRooms, FindUser, ForgetOld, GetRoom,
    IssueSession, IssuedSession, ListBlocks, ListPasskeys, ListRooms, ListSessions, ReadInbox, RegisterUser,
    RegisterWithPasskey, RemoveParticipant, RemovePasskey, RenameRoom, RevokeOwnSessions, RevokeSession, RoomChanger,
    RotateSession, SearchUsers, SignIn, TellName, UnblockUser,
};
use parlour_domain::{
    Caller, CredentialResponse, Passkey, RoomId, SESSION_LIFETIME, SessionId, SessionLifetime, SessionToken, Subject,
    Timestamp, User, UserHandle,
};
use parlour_store_contract::fixture;
use uuid::Uuid;

use crate::authenticator::Authenticator;
use crate::engine::Engine;
use crate::provider::Provider;
use crate::sockets::Sockets;
use crate::tap::{Tap, Write};
use crate::tapped::Tapped;

/// A clock that goes when it is told to, and a microsecond each time it is asked: no two instants are the same.
pub(crate) struct SlowClock(Mutex<Timestamp>);

impl SlowClock {
    pub(crate) fn advance(&self, duration: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = now.after(duration);
    }

    /// The instant, without being asked by a use case.
    fn peek(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Clock for SlowClock {
    fn now(&self) -> Timestamp {
        self.advance(Duration::from_micros(1));
        self.peek()
    }
}

/// A clock that stands: who registers under a given id is then the same user at each try.
struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        fixture::at(0)
    }
}

/// Ids and secrets in a row.
struct CountedIds;

impl IdSource for CountedIds {
    fn uuid(&self) -> Uuid {
        fixture::uuid()
    }

    fn session_token(&self) -> SessionToken {
        let mut secret = [0x7e; 32];
        secret[..16].copy_from_slice(fixture::uuid().as_bytes());
        SessionToken::from_random_bytes(secret)
    }

    fn user_handle(&self) -> UserHandle {
        let mut handle = [0x7f; 64];
        handle[..16].copy_from_slice(fixture::uuid().as_bytes());
        UserHandle::from_random_bytes(handle)
    }
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<SlowClock>,
    pub(crate) sockets: Arc<Sockets>,
    pub(crate) alice: User,
    pub(crate) bob: User,
    pub(crate) carol: User,
    /// Whom an identity provider knows, and no store yet.
    pub(crate) newcomer: Subject,
    /// The room that the request is about, if it is there before.
    pub(crate) room: OnceLock<RoomId>,
    /// The session that the request is about, if it is there before.
    pub(crate) issued: OnceLock<IssuedSession>,
    /// The passkey that the request is about, if it is there before.
    pub(crate) passkey: OnceLock<Passkey>,
    /// What an authenticator answers to the ceremony that was begun before.
    pub(crate) response: OnceLock<CredentialResponse>,
    taps: Mutex<Vec<Arc<Tap>>>,
}

impl World {
    pub(crate) async fn on(engine: &Engine) -> Self {
        let [alice, bob, carol] = fixture::people();
        for user in [&alice, &bob, &carol] {
            engine.users.insert(user.clone()).await.unwrap();
        }
        let newcomer = Provider::subject(&alice);
        Self {
            engine: engine.clone(),
            clock: Arc::new(SlowClock(Mutex::new(fixture::at(0)))),
            sockets: Arc::new(Sockets::new(Arc::clone(&engine.inboxes))),
            alice,
            bob,
            carol,
            newcomer,
            room: OnceLock::new(),
            issued: OnceLock::new(),
            passkey: OnceLock::new(),
            response: OnceLock::new(),
            taps: Mutex::default(),
        }
    }

    pub(crate) fn people(&self) -> [&User; 3] {
        [&self.alice, &self.bob, &self.carol]
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.peek()
    }

    /// Somebody who has just signed in.
    pub(crate) fn caller(&self, user: &User) -> Caller {
        let (user_id, now) = (user.id, self.now());
        let session_id = Some(SessionId::from_uuid(fixture::uuid()));
        let expires_at = now.after(SESSION_LIFETIME);
        Caller { user_id, session_id, signed_in_at: Some(now), expires_at, slides_for: None }
    }

    /// The room that is there before.
    pub(crate) fn room(&self) -> RoomId {
        *self.room.get().unwrap()
    }

    /// Another process on the same store.
    pub(crate) fn node(&self) -> Node {
        let tap = Arc::new(Tap::default());
        self.taps.lock().unwrap().push(Arc::clone(&tap));
        Node::of(self, &tap)
    }

    /// Everything that any node ever handed to a store.
    pub(crate) fn writes(&self) -> Vec<Write> {
        self.taps.lock().unwrap().iter().flat_map(|tap| tap.all_writes()).collect()
    }
}

/// The ports of a node, each with the node's tap before it.
pub(crate) struct Ports {
    pub(crate) users: Arc<dyn UserRepo>,
    pub(crate) sessions: Arc<dyn SessionRepo>,
    pub(crate) passkeys: Arc<dyn PasskeyRepo>,
    pub(crate) ceremonies: Arc<dyn CeremonyRepo>,
    pub(crate) profiles: Arc<dyn ProfileRepo>,
    pub(crate) contacts: Arc<dyn ContactRepo>,
    pub(crate) rooms: Arc<dyn RoomRepo>,
    pub(crate) inboxes: Arc<dyn InboxRepo>,
    pub(crate) notifier: Arc<dyn Notifier>,
    pub(crate) disconnector: Arc<dyn Disconnector>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
}

/// A process with every use case.
pub(crate) struct Node {
    pub(crate) tap: Arc<Tap>,
    pub(crate) add_participant: AddParticipant,
    pub(crate) admit_subject: AdmitSubject,
    pub(crate) authenticate: Authenticate,
    /// The same where the end of a session slides.
    pub(crate) authenticate_sliding: Authenticate,
    pub(crate) change_role: ChangeRole,
    pub(crate) create_room: CreateRoom,
    pub(crate) delete_room: DeleteRoom,
    pub(crate) expire_rooms: ExpireRooms,
    pub(crate) find_user: FindUser,
    pub(crate) forget_old: ForgetOld,
    pub(crate) get_room: GetRoom,
    pub(crate) issue_session: IssueSession,
    pub(crate) list_rooms: ListRooms,
    pub(crate) list_sessions: ListSessions,
    pub(crate) read_inbox: ReadInbox,
    pub(crate) register_user: RegisterUser,
    /// The same by a clock that stands.
    pub(crate) register_newcomer: RegisterUser,
    pub(crate) remove_participant: RemoveParticipant,
    pub(crate) rename_room: RenameRoom,
    pub(crate) revoke_own_sessions: RevokeOwnSessions,
    pub(crate) revoke_session: RevokeSession,
    pub(crate) rotate_session: RotateSession,
    pub(crate) register_with_passkey: RegisterWithPasskey,
    pub(crate) sign_in: SignIn,
    pub(crate) add_passkey: AddPasskey,
    pub(crate) list_passkeys: ListPasskeys,
    pub(crate) remove_passkey: RemovePasskey,
    pub(crate) change_display_name: ChangeDisplayName,
    pub(crate) tell_name: TellName,
    pub(crate) search_users: SearchUsers,
    pub(crate) deactivate_account: DeactivateAccount,
    pub(crate) contact_settings: ContactSettings,
    pub(crate) block_user: BlockUser,
    pub(crate) unblock_user: UnblockUser,
    pub(crate) list_blocks: ListBlocks,
    pub(crate) ports: Ports,
}

impl Node {
    fn of(world: &World, tap: &Arc<Tap>) -> Self {
        let Engine { users, sessions, passkeys, ceremonies, profiles, contacts, rooms, inboxes, .. } = &world.engine;
        let (notifier, disconnector): (Arc<dyn Notifier>, Arc<dyn Disconnector>) =
            (world.sockets.clone(), world.sockets.clone());
        let ports = Ports {
            users: Arc::new(Tapped { port: Arc::clone(users), tap: Arc::clone(tap) }),
            sessions: Arc::new(Tapped { port: Arc::clone(sessions), tap: Arc::clone(tap) }),
            passkeys: Arc::new(Tapped { port: Arc::clone(passkeys), tap: Arc::clone(tap) }),
            ceremonies: Arc::new(Tapped { port: Arc::clone(ceremonies), tap: Arc::clone(tap) }),
            profiles: Arc::new(Tapped { port: Arc::clone(profiles), tap: Arc::clone(tap) }),
            contacts: Arc::new(Tapped { port: Arc::clone(contacts), tap: Arc::clone(tap) }),
            rooms: Arc::new(Tapped { port: Arc::clone(rooms), tap: Arc::clone(tap) }),
            inboxes: Arc::new(Tapped { port: Arc::clone(inboxes), tap: Arc::clone(tap) }),
            notifier: Arc::new(Tapped { port: notifier, tap: Arc::clone(tap) }),
            disconnector: Arc::new(Tapped { port: disconnector, tap: Arc::clone(tap) }),
            clock: world.clock.clone(),
            ids: Arc::new(CountedIds),
        };
        let users = || Arc::clone(&ports.users);
        let sessions = || Arc::clone(&ports.sessions);
        let passkeys = || Arc::clone(&ports.passkeys);
        let profiles = || Arc::clone(&ports.profiles);
        let contacts = || Arc::clone(&ports.contacts);
        let rooms = || Arc::clone(&ports.rooms);
        let inboxes = || Arc::clone(&ports.inboxes);
        let notifier = || Arc::clone(&ports.notifier);
        let clock = || Arc::clone(&ports.clock);
        let ids = || Arc::clone(&ports.ids);
        let register_newcomer = || RegisterUser::new(users(), Arc::new(StoppedClock), ids());
        let provider = Arc::new(Provider(world.newcomer.clone()));
        let disconnector = || Arc::clone(&ports.disconnector);
        let revoke = || RevokeSession::new(sessions(), disconnector());
        let issue = || IssueSession::new(users(), sessions(), clock(), ids());
        let rotate = || RotateSession::new(Arc::new(issue()), Arc::new(revoke()));
        let kept = || Ceremonies::new(Arc::new(Authenticator), Arc::clone(&ports.ceremonies), clock());
        let changer = || RoomChanger::new(users(), contacts(), rooms(), notifier(), clock(), ids());
        Self {
            tap: Arc::clone(tap),
            add_participant: AddParticipant::new(changer()),
            admit_subject: AdmitSubject::new(provider, users()).provisioning(register_newcomer()),
            authenticate: Authenticate::new(sessions(), clock()),
            authenticate_sliding: Authenticate::new(sessions(), clock())
                .with_lifetime(SessionLifetime::sliding(SESSION_LIFETIME * 2, SESSION_LIFETIME * 10)),
            change_role: ChangeRole::new(changer()),
            create_room: CreateRoom::new(users(), contacts(), rooms(), notifier(), clock(), ids()),
            delete_room: DeleteRoom::new(rooms(), notifier(), clock(), ids()),
            expire_rooms: ExpireRooms::new(rooms(), notifier(), clock(), ids()),
            find_user: FindUser::new(users()),
            forget_old: ForgetOld::new(inboxes(), rooms(), sessions(), Arc::clone(&ports.ceremonies), clock()),
            get_room: GetRoom::new(users(), rooms(), clock()),
            issue_session: issue(),
            list_rooms: ListRooms::new(users(), rooms(), clock()),
            list_sessions: ListSessions::new(sessions(), clock()),
            read_inbox: ReadInbox::new(inboxes()),
            register_user: RegisterUser::new(users(), clock(), ids()),
            register_newcomer: register_newcomer(),
            remove_participant: RemoveParticipant::new(changer()),
            rename_room: RenameRoom::new(changer()),
            revoke_own_sessions: RevokeOwnSessions::new(sessions(), Arc::new(revoke()), clock()),
            revoke_session: revoke(),
            rotate_session: rotate(),
            register_with_passkey: RegisterWithPasskey::new(users(), passkeys(), kept(), rotate(), clock(), ids()),
            sign_in: SignIn::new(users(), passkeys(), kept(), rotate(), clock()),
            add_passkey: AddPasskey::new(users(), passkeys(), kept(), clock(), ids()),
            list_passkeys: ListPasskeys::new(passkeys()),
            remove_passkey: RemovePasskey::new(passkeys(), clock()),
            change_display_name: ChangeDisplayName::new(users(), profiles()),
            tell_name: TellName::new(changer(), rooms(), clock()),
            search_users: SearchUsers::new(profiles()),
            deactivate_account: DeactivateAccount::new(profiles(), sessions(), disconnector(), clock()),
            contact_settings: ContactSettings::new(contacts()),
            block_user: BlockUser::new(users(), contacts(), clock()),
            unblock_user: UnblockUser::new(contacts()),
            list_blocks: ListBlocks::new(users(), contacts()),
            ports,
        }
    }
}
