//! How often a client or a user may ask: the generic cell rate algorithm (GCRA), per route.
//!
//! `routes` is the table of what is limited, `rate` what an operator may say about it, `client` who a client is.

mod client;
mod rate;
mod routes;

use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use governor::RateLimiter;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use parlour_domain::UserId;

pub(crate) use client::client_of;
pub use client::{Proxies, ProxyHeader};
pub use rate::{InvalidRates, Rate, Rates};
pub use routes::{LimitKey, LimitedRoute, limited_routes};

use crate::problem::Problem;
use crate::routes::matched_path;

/// The limits of one program and what of them is used up; shared by all workers.
pub struct RateLimits {
    of_clients: Vec<Limit<IpAddr>>,
    of_users: Vec<Limit<UserId>>,
}

struct Limit<K: Hash + Eq + Clone> {
    route: &'static LimitedRoute,
    limiter: RateLimiter<K, DashMapStateStore<K>, Elapsed, NoOpMiddleware<Duration>>,
}

/// The time since some instant. Not the port `Clock`, which tells the time of day and may be set back.
#[derive(Clone)]
struct Elapsed(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        (self.0)()
    }
}

impl RateLimits {
    /// Limits of these rates, by the system's monotonic clock.
    #[must_use]
    pub fn new(rates: &Rates) -> Self {
        let start = Instant::now();
        Self::with_clock(rates, move || start.elapsed())
    }

    /// Limits of these rates, by a clock that tells how much time has passed since an instant of its own and never goes
    /// back.
    #[must_use]
    pub fn with_clock(rates: &Rates, elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let clock = Elapsed(Arc::new(elapsed));
        Self { of_clients: limits(rates, LimitKey::Client, &clock), of_users: limits(rates, LimitKey::User, &clock) }
    }

    /// Forgets whoever has all of their requests left, so that memory is held for those alone who asked within the last
    /// period of a rate.
    pub fn forget_idle(&self) {
        self.of_clients.iter().for_each(Limit::forget_idle);
        self.of_users.iter().for_each(Limit::forget_idle);
    }

    /// Counts a request on the routes that are limited by client.
    ///
    /// # Errors
    /// The problem `rate-limited`.
    pub(crate) fn count_client(&self, request: &HttpRequest, proxies: &Proxies) -> Result<(), Problem> {
        check(&self.of_clients, request, || client_of(request, proxies))
    }

    /// Counts a request on the routes that are limited by user.
    ///
    /// # Errors
    /// The problem `rate-limited`.
    pub(crate) fn count_user(&self, request: &HttpRequest, user: UserId) -> Result<(), Problem> {
        check(&self.of_users, request, || user)
    }

    /// How many keys are remembered.
    #[cfg(test)]
    fn remembered(&self) -> usize {
        let clients = self.of_clients.iter().map(|limit| limit.limiter.len());
        clients.chain(self.of_users.iter().map(|limit| limit.limiter.len())).sum()
    }
}

fn limits<K: Hash + Eq + Clone>(rates: &Rates, by: LimitKey, clock: &Elapsed) -> Vec<Limit<K>> {
    let routes = limited_routes().iter().filter(|route| route.by == by);
    let limited = routes.filter_map(|route| rates.of(route).map(|rate| (route, rate)));
    let limits = limited.map(|(route, rate)| {
        let limiter = RateLimiter::new(rate.quota(), DashMapStateStore::default(), clock.clone());
        Limit { route, limiter }
    });
    limits.collect()
}

fn check<K: Hash + Eq + Clone>(
    limits: &[Limit<K>],
    request: &HttpRequest,
    key: impl FnOnce() -> K,
) -> Result<(), Problem> {
    if !limits.iter().any(|limit| limit.route.method == request.method()) {
        return Ok(());
    }
    let Some(path) = matched_path(request) else { return Ok(()) };
    let limit = limits.iter().find(|limit| limit.route.path == path && limit.route.method == request.method());
    limit.map_or(Ok(()), |limit| limit.count(&key()))
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn count(&self, key: &K) -> Result<(), Problem> {
        self.limiter.check_key(key).map_err(|refused| {
            tracing::debug!(limit = self.route.name, "request refused by its rate");
            Problem::rate_limited(refused.wait_time_from(self.limiter.clock().now()))
        })
    }

    fn forget_idle(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use actix_web::test::TestRequest;
    use actix_web::web;

    use super::*;

    #[test]
    fn whoever_has_all_of_their_requests_left_is_forgotten() {
        let seconds = Arc::new(AtomicU64::new(0));
        let told = Arc::clone(&seconds);
        let limits =
            RateLimits::with_clock(&Rates::default(), move || Duration::from_secs(told.load(Ordering::SeqCst)));
        let limit = &limits.of_clients[0];
        for n in 0..1_000_u16 {
            let [high, low] = n.to_be_bytes();
            limit.count(&IpAddr::from([10, 0, high, low])).unwrap();
        }
        assert_eq!(limits.remembered(), 1_000);
        limits.forget_idle();
        assert_eq!(limits.remembered(), 1_000, "nobody has all of them left yet");
        seconds.store(61, Ordering::SeqCst);
        limits.forget_idle();
        assert_eq!(limits.remembered(), 0);
    }

    #[actix_web::test]
    async fn a_client_is_counted_on_the_limited_routes_alone_and_on_each_by_itself() {
        let limits = Arc::new(RateLimits::with_clock(&Rates::default(), || Duration::ZERO));
        let counted = Arc::clone(&limits);
        let probe = move |request: HttpRequest| {
            let refused = counted.count_client(&request, &Proxies::default()).is_err();
            async move { if refused { "refused" } else { "let in" } }
        };
        let paths = ["/auth/register/begin", "/auth/register/complete", "/auth/me", "/auth/authenticate/begin"];
        let app = paths.iter().fold(actix_web::App::new(), |app, path| app.route(path, web::route().to(probe.clone())));
        let app = actix_web::test::init_service(app).await;
        let ask = async |method: actix_web::http::Method, path: &str, times: usize| {
            let mut refused = 0;
            for _ in 0..times {
                let request =
                    TestRequest::with_uri(path).method(method.clone()).peer_addr("192.0.2.1:9".parse().unwrap());
                refused +=
                    usize::from(actix_web::test::call_and_read_body(&app, request.to_request()).await == "refused");
            }
            refused
        };
        let post = actix_web::http::Method::POST;
        assert_eq!(ask(post.clone(), "/auth/register/begin", 8).await, 3);
        assert_eq!(ask(post.clone(), "/auth/register/complete", 8).await, 0, "each route has a count of its own");
        assert_eq!(ask(post, "/auth/authenticate/begin", 12).await, 2);
        assert_eq!(ask(actix_web::http::Method::GET, "/auth/me", 500).await, 0);
    }
}
