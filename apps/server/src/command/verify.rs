//! `parlour verify`: what is wrong with a store.

use std::process::ExitCode;

use anyhow::{Context, bail};
use serde::Serialize;

use super::print;
use crate::compose::open_alone;
use crate::config::{DataSettings, Output, VerifyArguments};
use crate::store::Store;
use crate::store_url::StoreUrl;
use crate::transfer::verify::{Finding, Findings, verify};
use crate::transfer::{Progress, hold_data_dirs};

#[derive(Serialize)]
struct Body {
    units: Vec<UnitBody>,
    findings: Vec<FindingBody>,
}

#[derive(Serialize)]
struct UnitBody {
    unit: &'static str,
    records: u64,
}

#[derive(Serialize)]
struct FindingBody {
    unit: &'static str,
    key: Option<String>,
    what: String,
}

/// Checks the store: 0 when all is well, 1 when something is wrong.
///
/// # Errors
/// One line that says why it cannot be read.
pub(super) async fn run(data: &DataSettings, output: Output, arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    let url = place(data, &arguments.url)?;
    let users = arguments.users.as_deref().map(|text| place(data, text)).transpose().context("--users is wrong")?;
    let users = users.filter(|users| *users != url);
    let _held = hold_data_dirs(&[&url].into_iter().chain(&users).collect::<Vec<_>>())?;
    let store = open_alone(&url).await?;
    let found = match &users {
        None => check(&url, &store, arguments.users.is_some().then_some(&store)).await,
        Some(users) => match open_alone(users).await {
            Ok(opened) => {
                let found = check(&url, &store, Some(&opened)).await;
                opened.close().await;
                found
            }
            Err(error) => Err(error),
        },
    };
    store.close().await;
    let found = found?;
    let is_well = found.findings.is_empty();
    show(output, found)?;
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn place(data: &DataSettings, text: &str) -> anyhow::Result<StoreUrl> {
    let url = data.parse(text)?;
    if url.is_volatile() {
        bail!("store {url} lives in one process only, so there is nothing to check");
    }
    if url.path().is_some_and(|path| !path.exists()) {
        bail!("store {url} does not exist");
    }
    Ok(url)
}

async fn check(url: &StoreUrl, store: &Store, users: Option<&Store>) -> anyhow::Result<Findings> {
    if let Some(mark) = store.archive.unfinished_import().await.with_context(|| format!("store {url}"))? {
        bail!("store {url} is the unfinished target of a copy from {}; run that copy again, or empty it", mark.source);
    }
    let users = users.map(|users| &*users.users);
    verify(store, users, &Progress::to_stderr()).await.with_context(|| format!("store {url}"))
}

fn show(output: Output, found: Findings) -> anyhow::Result<()> {
    let units = found.records.iter().map(|(unit, records)| UnitBody { unit: unit.as_str(), records: *records });
    let body = |finding: Finding| FindingBody {
        unit: finding.unit.as_str(),
        key: finding.key.map(|key| key.to_string()),
        what: finding.what,
    };
    let body = Body { units: units.collect(), findings: found.findings.into_iter().map(body).collect() };
    if output.json {
        return print::json(&body);
    }
    let units = body.units.iter().map(|unit| format!("{:<16} {:>12}", unit.unit, unit.records));
    let findings = body.findings.iter().map(|finding| {
        let key = finding.key.as_deref().unwrap_or("-");
        format!("{} {key}: {}", finding.unit, finding.what)
    });
    let verdict = match body.findings.len() {
        0 => "all is well".to_owned(),
        1 => "1 finding".to_owned(),
        many => format!("{many} findings"),
    };
    print::lines(units.chain(findings).chain([verdict]))
}
