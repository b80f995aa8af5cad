//! How HTTP is served.

use clap::Args;
use clap::builder::FalseyValueParser;
use url::Url;

use super::LimitSettings;

/// How HTTP is served.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct HttpSettings {
    #[arg(
        long,
        help = "Address to listen on: HOST:PORT or [IPV6]:PORT; port 0 takes a free one",
        env = "PARLOUR_BIND",
        value_name = "ADDR",
        default_value = "127.0.0.1:8080",
        value_parser = host_and_port,
        global = true
    )]
    pub(crate) bind: String,
    #[arg(
        long,
        help = "Web origin that may call with credentials, such as https://chat.example; may be repeated, or separated \
                by commas",
        env = "PARLOUR_CORS_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = web_origin,
        global = true
    )]
    pub(crate) cors_origin: Vec<String>,
    /// Let cookies travel over plain HTTP, for development on a machine without HTTPS.
    #[arg(long, env = "PARLOUR_INSECURE_COOKIES", value_parser = FalseyValueParser::new(), global = true)]
    pub(crate) insecure_cookies: bool,
    #[command(flatten)]
    pub(crate) limits: LimitSettings,
}

/// Names are resolved later; here only the form is checked, so that a typing error is a usage error.
fn host_and_port(text: &str) -> Result<String, String> {
    const FORM: &str = "must be HOST:PORT or [IPV6]:PORT";
    let (host, port) = text.rsplit_once(':').ok_or(FORM)?;
    port.parse::<u16>().map_err(|_| "port must be a number from 0 to 65535")?;
    let bracketed = host.starts_with('[') && host.ends_with(']');
    if host.is_empty() || (host.contains(':') && !bracketed) {
        return Err(FORM.to_owned());
    }
    Ok(text.to_owned())
}

/// Reads an origin as a browser sends it in `Origin` (RFC 6454, section 6.2).
fn web_origin(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with http:// or https://".to_owned());
    }
    let origin = url.origin().ascii_serialization();
    if text.trim_end_matches('/') != origin {
        return Err(format!("must be an origin without a path, such as {origin}"));
    }
    Ok(origin)
}
