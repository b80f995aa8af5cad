//! The OpenAPI document and a page to browse it, served from the binary.

use std::sync::{Arc, LazyLock};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::Config;

use crate::problem::Problem;

static DOCUMENT: LazyLock<Result<String, serde_json::Error>> = LazyLock::new(|| crate::openapi().to_json());

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    // The default validator is a site on the internet.
    Arc::new(Config::from("../openapi.json").validator_url("none"))
});

/// The page writes styles into its elements, and pictures into its styles.
const ONLY_OURS: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
                         style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) async fn openapi() -> Result<HttpResponse, Problem> {
    let document = DOCUMENT.as_ref().map_err(|error| Problem::internal(error.to_string()))?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(document.as_str()))
}

/// The page's own links are relative, so it needs the slash.
pub(crate) async fn entrance() -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header((LOCATION, "/docs/")).finish()
}

pub(crate) async fn file(path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let found =
        utoipa_swagger_ui::serve(&path, Arc::clone(&CONFIG)).map_err(|error| Problem::internal(error.to_string()))?;
    let file = found.ok_or_else(Problem::not_found)?;
    let mut response = HttpResponse::Ok();
    if file.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    response
        .content_type(file.content_type)
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, ONLY_OURS));
    Ok(response.body(file.bytes.into_owned()))
}
