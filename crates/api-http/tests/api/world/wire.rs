//! The API, wired to the ports of a test.

use std::sync::Arc;

use parlour_api_http::{Api, Drain, NameTellings, RateLimits};
use parlour_auth_webauthn::{RelyingPartySettings, WebauthnRelyingParty};
use parlour_domain::usecase::{
    AddParticipant, AddPasskey, AdmitSubject, Authenticate, BlockUser, Ceremonies, ChangeDisplayName, ChangeRole,
    ContactSettings, CreateRoom, DeactivateAccount, DeleteRoom, FindUser, GetRoom, IssueSession, ListBlocks,
    ListPasskeys, ListRooms, ListSessions, ReadInbox, RegisterWithPasskey, RemoveParticipant, RemovePasskey,
    RenameRoom, RevokeOwnSessions, RevokeSession, RoomChanger, RotateSession, SearchUsers, SignIn, TellName,
    UnblockUser,
};

use super::doubles::{CountingIds, StoppedClock, Told};
use super::{PAGE, Ports, RP_ID};

pub(super) fn wire(
    ports: Ports,
    clock: &Arc<StoppedClock>,
    ids: &Arc<CountingIds>,
    told: &Arc<Told>,
    drain: &Drain,
) -> Api {
    let Ports {
        users,
        sessions,
        passkeys,
        ceremonies,
        profiles,
        contacts,
        rooms,
        inboxes,
        verifier,
        lifetime,
        answer_within,
        rates,
        config,
    } = ports;
    let time = Arc::clone(clock);
    let (clock, ids) = (Arc::<StoppedClock>::clone(clock), Arc::<CountingIds>::clone(ids));
    let revoke_session = Arc::new(RevokeSession::new(sessions.clone(), told.clone()));
    let issue_session =
        IssueSession::new(users.clone(), sessions.clone(), clock.clone(), ids.clone()).with_lifetime(lifetime);
    let rotate_session = RotateSession::new(Arc::new(issue_session), revoke_session.clone());
    let relying_party = RelyingPartySettings::parse(RP_ID, "Parlour", &[PAGE.to_owned()]).unwrap();
    let ceremonies = Ceremonies::new(Arc::new(WebauthnRelyingParty::new(&relying_party)), ceremonies, clock.clone());
    let register_with_passkey = RegisterWithPasskey::new(
        users.clone(),
        passkeys.clone(),
        ceremonies.clone(),
        rotate_session.clone(),
        clock.clone(),
        ids.clone(),
    );
    let sign_in = SignIn::new(users.clone(), passkeys.clone(), ceremonies.clone(), rotate_session, clock.clone());
    let add_passkey = AddPasskey::new(users.clone(), passkeys.clone(), ceremonies, clock.clone(), ids.clone());
    let authenticate = Authenticate::new(sessions.clone(), clock.clone()).with_lifetime(lifetime);
    let authenticate = match verifier {
        Some(verifier) => authenticate.with_subjects(AdmitSubject::new(verifier, users.clone())),
        None => authenticate,
    };
    let (u, c, r, t) = (users.clone(), contacts.clone(), rooms.clone(), told.clone());
    let changer = RoomChanger::new(u.clone(), c.clone(), r.clone(), t.clone(), clock.clone(), ids.clone());
    let create_room = CreateRoom::new(u, c, r, t, clock.clone(), ids.clone());
    let tell_name = TellName::new(changer.clone(), rooms.clone(), clock.clone());
    Api {
        register_with_passkey: Arc::new(register_with_passkey),
        sign_in: Arc::new(sign_in),
        add_passkey: Arc::new(add_passkey),
        list_passkeys: Arc::new(ListPasskeys::new(passkeys.clone())),
        remove_passkey: Arc::new(RemovePasskey::new(passkeys, clock.clone())),
        rename_room: Arc::new(RenameRoom::new(changer.clone())),
        add_participant: Arc::new(AddParticipant::new(changer.clone())),
        change_role: Arc::new(ChangeRole::new(changer.clone())),
        remove_participant: Arc::new(RemoveParticipant::new(changer.clone())),
        create_room: Arc::new(create_room),
        search_users: Arc::new(SearchUsers::new(profiles.clone())),
        change_display_name: Arc::new(ChangeDisplayName::new(users.clone(), profiles.clone())),
        deactivate_account: Arc::new(DeactivateAccount::new(profiles, sessions.clone(), told.clone(), clock.clone())),
        name_tellings: NameTellings::new(tell_name, tokio::runtime::Handle::current()),
        contact_settings: Arc::new(ContactSettings::new(contacts.clone())),
        list_blocks: Arc::new(ListBlocks::new(users.clone(), contacts.clone())),
        block_user: Arc::new(BlockUser::new(users.clone(), contacts.clone(), clock.clone())),
        unblock_user: Arc::new(UnblockUser::new(contacts)),
        list_rooms: Arc::new(ListRooms::new(users.clone(), rooms.clone(), clock.clone())),
        get_room: Arc::new(GetRoom::new(users.clone(), rooms.clone(), clock.clone())),
        delete_room: Arc::new(DeleteRoom::new(rooms.clone(), told.clone(), clock.clone(), ids.clone())),
        read_inbox: Arc::new(ReadInbox::new(inboxes)),
        authenticate: Arc::new(authenticate),
        find_user: Arc::new(FindUser::new(users.clone())),
        list_sessions: Arc::new(ListSessions::new(sessions.clone(), clock.clone())),
        revoke_own_sessions: Arc::new(RevokeOwnSessions::new(sessions, revoke_session.clone(), clock)),
        revoke_session,
        users,
        rooms,
        ids,
        runtime: tokio::runtime::Handle::current(),
        stores_answer_within: answer_within,
        drain: drain.clone(),
        limits: RateLimits::with_clock(&rates, move || time.elapsed()),
        config,
    }
}
