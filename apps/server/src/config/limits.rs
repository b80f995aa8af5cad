//! How often one may ask, and whom to believe about who asks.

use std::net::IpAddr;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use parlour_api_http::{Proxies, ProxyHeader, Rates};

/// How often one may ask, and whom to believe about who asks.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitSettings {
    /// Rates of requests: off, or changes such as create-room=120/min,search-users=off. What is not named keeps its
    /// default.
    #[arg(long, env = "PARLOUR_RATE_LIMITS", value_name = "LIMITS", default_value = "", value_parser = rates, hide_default_value = true, global = true)]
    pub(crate) rate_limits: Rates,
    #[arg(
        long,
        help = "Address or network of a proxy that is believed about where a request comes from, such as 10.0.0.0/8; may \
                be repeated, or separated by commas",
        env = "PARLOUR_TRUSTED_PROXIES",
        value_name = "CIDR",
        value_delimiter = ',',
        value_parser = network,
        global = true
    )]
    trusted_proxy: Vec<IpNet>,
    /// Header in which those proxies write it; any other one is the client's own.
    #[arg(long, env = "PARLOUR_PROXY_HEADER", value_enum, value_name = "HEADER", default_value_t, global = true)]
    proxy_header: HeaderName,
}

/// Header in which a proxy writes where a request comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum HeaderName {
    /// Addresses, separated by commas.
    #[default]
    XForwardedFor,
    /// The parameter `for` of RFC 7239.
    Forwarded,
}

impl LimitSettings {
    /// Whose word counts about where a request comes from.
    pub(crate) fn proxies(&self) -> Proxies {
        let header = match self.proxy_header {
            HeaderName::XForwardedFor => ProxyHeader::XForwardedFor,
            HeaderName::Forwarded => ProxyHeader::Forwarded,
        };
        Proxies { trusted: self.trusted_proxy.clone(), header }
    }
}

/// An empty variable says nothing.
fn rates(text: &str) -> Result<Rates, String> {
    if text.is_empty() {
        Ok(Rates::default())
    } else {
        text.parse().map_err(|invalid: parlour_api_http::InvalidRates| invalid.to_string())
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| "must be an address or a network such as 10.0.0.0/8".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        limits: LimitSettings,
    }

    fn parse(arguments: &[&str]) -> Result<LimitSettings, clap::Error> {
        Cli::try_parse_from(["parlour"].iter().chain(arguments)).map(|cli| cli.limits)
    }

    #[test]
    fn limits_are_on_unless_they_are_turned_off() {
        assert_eq!(parse(&[]).unwrap().rate_limits, Rates::default());
        assert_eq!(parse(&["--rate-limits", "off"]).unwrap().rate_limits, Rates::off());
        let changed = parse(&["--rate-limits", "create-room=1/s"]).unwrap().rate_limits;
        assert_eq!(changed, "create-room=1/s".parse().unwrap());
        assert!(parse(&["--rate-limits", "create-rooms=1/s"]).is_err());
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let given = parse(&["--trusted-proxy", "10.0.0.0/8,::1", "--trusted-proxy", "192.0.2.7"]).unwrap();
        let expected = ["10.0.0.0/8", "::1/128", "192.0.2.7/32"].map(|network| network.parse().unwrap());
        assert_eq!(given.proxies().trusted, expected);
        assert_eq!(given.proxies().header, ProxyHeader::XForwardedFor);
        let given = parse(&["--proxy-header", "forwarded"]).unwrap();
        assert_eq!(given.proxies().header, ProxyHeader::Forwarded);
        for wrong in ["proxy.example", "10.0.0.0/33", "*", ""] {
            assert!(parse(&["--trusted-proxy", wrong]).is_err(), "{wrong}");
        }
    }
}
