//! The OpenAPI document.

use std::path::PathBuf;

use serde_json::Value;

const REWRITE: &str = "PARLOUR_WRITE_OPENAPI";

#[test]
fn the_committed_document_is_that_of_the_code() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let current = serde_json::to_value(parlour_api_http::openapi()).unwrap();
    if std::env::var_os(REWRITE).is_some() {
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&current).unwrap())).unwrap();
    }
    let committed: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert!(
        committed == current,
        "docs/openapi.json differs from the code; write it anew with {REWRITE}=1 cargo test -p parlour-api-http openapi"
    );
}

#[test]
fn every_operation_documents_its_failures_as_problem_documents() {
    let document = serde_json::to_value(parlour_api_http::openapi()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let content = response["content"].as_object();
                let media_type = content.and_then(|content| content.keys().next()).map(String::as_str);
                let expected = match status.as_str() {
                    "204" => None,
                    "200" | "201" => Some("application/json"),
                    _ => Some("application/problem+json"),
                };
                assert_eq!(media_type, expected, "{method} {path} {status}");
            }
        }
    }
}

#[test]
fn every_reference_leads_to_a_schema() {
    let document = serde_json::to_value(parlour_api_http::openapi()).unwrap();
    let text = document.to_string();
    let names = text.split("\"#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap());
    for name in names {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}

#[test]
fn every_operation_is_in_the_documentation() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/http.md");
    let documentation = std::fs::read_to_string(path).unwrap();
    let document = serde_json::to_value(parlour_api_http::openapi()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let title = format!("## {} {path}\n", method.to_uppercase());
            assert!(documentation.contains(&title), "{title}");
        }
    }
}
