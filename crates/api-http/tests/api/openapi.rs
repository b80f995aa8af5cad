//! The OpenAPI document.

use std::collections::BTreeSet;
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
fn every_operation_says_whom_it_refuses() {
    let document = serde_json::to_value(parlour_api_http::openapi()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let security = operation["security"].as_array();
            let wants_a_caller =
                security.is_some_and(|ways| ways.iter().all(|way| !way.as_object().unwrap().is_empty()));
            let has = |status: &str| operation["responses"][status].is_object();
            // A foreign page may change nothing, and who has a token may have no user.
            assert_eq!(has("403"), wants_a_caller || method != "get", "{method} {path}");
            assert!(has("401") || !wants_a_caller, "{method} {path}");
        }
    }
}

#[test]
fn what_people_give_a_name_is_described_alike() {
    let document = serde_json::to_value(parlour_api_http::openapi()).unwrap();
    let property = |schema: &str, name: &str| document["components"]["schemas"][schema]["properties"][name].clone();
    let of_a_room = property("RenameRoom", "name");
    assert!(of_a_room["pattern"].is_string());
    for (schema, name) in [
        ("RenameUser", "display_name"),
        ("BeginRegistration", "display_name"),
        ("CompleteRegistration", "device_name"),
        ("AddPasskey", "device_name"),
    ] {
        for rule in ["pattern", "minLength", "maxLength"] {
            assert_eq!(property(schema, name)[rule], of_a_room[rule], "{schema}.{name} {rule}");
        }
    }
    let query = property("SearchUsers", "query");
    assert_eq!((&query["minLength"], &query["maxLength"]), (&2.into(), &50.into()));
    assert!(query["pattern"].is_string());
}

/// The statuses after `Problems:` in a section of the documentation.
fn documented(section: &str) -> BTreeSet<&str> {
    let Some((_, problems)) = section.split_once("Problems: ") else { return BTreeSet::new() };
    let paragraph = problems.split("\n\n").next().unwrap();
    let words = paragraph.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter(|word| word.len() == 3 && word.starts_with('4') && word.parse::<u16>().is_ok()).collect()
}

#[test]
fn the_documentation_names_the_problems_of_every_operation() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/http.md");
    let documentation = std::fs::read_to_string(path).unwrap();
    let document = serde_json::to_value(parlour_api_http::openapi()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let title = format!("\n## {} {path}\n", method.to_uppercase());
            let section = documentation.split_once(&title).unwrap().1.split("\n## ").next().unwrap();
            let responses = operation["responses"].as_object().unwrap();
            let refusals = responses.keys().map(String::as_str).filter(|status| status.starts_with('4'));
            assert_eq!(documented(section), refusals.collect::<BTreeSet<_>>(), "{method} {path}");
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
