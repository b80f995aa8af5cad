//! Which handler answers which path and method.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, Resource, Route, web};

use crate::handler::{
    ceremony, contacts, docs, health, inbox, participants, passkeys, people, rooms, session, sessions,
};
use crate::problem::Problem;

/// One line of the table. A path that answers GET answers HEAD too, and every path OPTIONS.
struct Entry {
    method: Method,
    path: &'static str,
    route: fn() -> Route,
}

macro_rules! entries {
    ($($method:ident $path:literal => $handler:path;)+) => {
        vec![$(Entry { method: Method::$method, path: $path, route: || web::to($handler) }),+]
    };
}

/// Every route; the lines of one path follow one another, in the order in which `Allow` names their methods.
fn entries() -> Vec<Entry> {
    entries! {
        GET "/rooms" => rooms::list;
        POST "/rooms" => rooms::create;
        GET "/rooms/{id}" => rooms::get;
        PATCH "/rooms/{id}" => rooms::rename;
        DELETE "/rooms/{id}" => rooms::delete;
        POST "/rooms/{id}/participants" => participants::add;
        PATCH "/rooms/{id}/participants/{user_id}" => participants::change;
        DELETE "/rooms/{id}/participants/{user_id}" => participants::remove;
        GET "/inbox" => inbox::read;
        GET "/auth/me" => session::me;
        PATCH "/auth/me" => people::rename;
        DELETE "/auth/me" => people::deactivate;
        POST "/auth/users/search" => people::search;
        GET "/auth/contact-policy" => contacts::policy;
        PUT "/auth/contact-policy" => contacts::set_policy;
        GET "/auth/blocks" => contacts::list;
        PUT "/auth/blocks/{user_id}" => contacts::block;
        DELETE "/auth/blocks/{user_id}" => contacts::unblock;
        POST "/auth/logout" => session::logout;
        GET "/auth/sessions" => sessions::list;
        DELETE "/auth/sessions" => sessions::revoke_others;
        DELETE "/auth/sessions/{id}" => sessions::revoke;
        POST "/auth/register/begin" => ceremony::begin_registration;
        POST "/auth/register/complete" => ceremony::complete_registration;
        POST "/auth/authenticate/begin" => ceremony::begin_authentication;
        POST "/auth/authenticate/complete" => ceremony::complete_authentication;
        GET "/auth/passkeys" => passkeys::list;
        POST "/auth/passkeys/begin" => passkeys::begin;
        POST "/auth/passkeys/complete" => passkeys::complete;
        DELETE "/auth/passkeys/{id}" => passkeys::remove;
        GET "/health" => health::live;
        GET "/ready" => health::ready;
        GET "/openapi.json" => docs::openapi;
        GET "/docs" => docs::entrance;
        GET "/docs/{file:.*}" => docs::file;
    }
}

/// The method and the path template of every route of this crate, without the HEAD and OPTIONS that come with each.
///
/// What else a program serves, such as `/ws`, is in the table of whoever registers it.
#[must_use]
pub fn route_table() -> Vec<(Method, &'static str)> {
    entries().into_iter().map(|entry| (entry.method, entry.path)).collect()
}

/// The path template of the route that the request reaches, or is about to reach: as the router sees it, which has
/// decoded the path. `HttpRequest::match_pattern` takes the path as it was sent as long as the request is not routed.
pub(crate) fn matched_path(request: &HttpRequest) -> Option<String> {
    request.resource_map().match_pattern(request.match_info().as_str())
}

pub(crate) fn configure(config: &mut web::ServiceConfig) {
    for of_one_path in entries().chunk_by(|one, next| one.path == next.path) {
        config.service(resource(of_one_path));
    }
}

/// The resource of these routes of one path; it answers OPTIONS with the methods that it has, and 405 to any other.
fn resource(entries: &[Entry]) -> Resource {
    let mut methods = Vec::new();
    let mut resource = web::resource(entries.first().map_or("", |entry| entry.path));
    for Entry { method, route, .. } in entries {
        methods.push(method.clone());
        resource = resource.route(route().method(method.clone()));
        if method == Method::GET {
            methods.push(Method::HEAD);
            resource = resource.route(route().method(Method::HEAD));
        }
    }
    methods.push(Method::OPTIONS);
    let allow = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    let refused = allow.clone();
    let options = move || {
        let allow = allow.clone();
        async move { HttpResponse::NoContent().insert_header(("Allow", allow)).finish() }
    };
    let refuse = move || {
        let allow = refused.clone();
        async move { Err::<HttpResponse, _>(Problem::method_not_allowed(allow)) }
    };
    resource.route(web::method(Method::OPTIONS).to(options)).default_service(web::to(refuse))
}

pub(crate) async fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_lines_of_a_path_follow_one_another_and_no_method_is_there_twice() {
        let table = route_table();
        let paths: Vec<_> = table.chunk_by(|one, next| one.1 == next.1).map(|lines| lines[0].1).collect();
        assert_eq!(paths.len(), paths.iter().collect::<BTreeSet<_>>().len(), "{paths:?}");
        let pairs: BTreeSet<_> = table.iter().map(|(method, path)| (method.as_str(), *path)).collect();
        assert_eq!(pairs.len(), table.len(), "{table:?}");
    }
}
