//! `parlour copy`: a store, carried to another engine.

use anyhow::{Context, bail};
use parlour_domain::Side;
use serde::Serialize;

use super::print;
use crate::compose::open_alone;
use crate::config::{CopyArguments, DataSettings, Output};
use crate::store::Store;
use crate::store_url::StoreUrl;
use crate::transfer::copy::{Copied, Named, copy};
use crate::transfer::{Progress, hold_data_dirs};

#[derive(Serialize)]
struct UnitBody {
    unit: &'static str,
    records: u64,
    digest: String,
    ok: bool,
}

/// Copies, or goes on with the same copy, and prints what was copied.
///
/// # Errors
/// One line that says why it was not copied, or not whole.
pub(super) async fn run(data: &DataSettings, output: Output, arguments: &CopyArguments) -> anyhow::Result<()> {
    let from = place(data, &arguments.from).context("--from is wrong")?;
    let to = place(data, &arguments.to).context("--to is wrong")?;
    if from == to {
        bail!("--from and --to are the same store");
    }
    let _held = hold_data_dirs(&[&from, &to])?;
    if from.path().is_some_and(|path| !path.exists()) {
        bail!("store {from} does not exist");
    }
    let source = open_alone(&from).await?;
    let copied = match open_alone(&to).await {
        Ok(target) => {
            let copied = between((&from, &source), (&to, &target), &sides(arguments)).await;
            target.close().await;
            copied
        }
        Err(error) => Err(error),
    };
    source.close().await;
    let copied = copied?;
    show(output, &copied)?;
    match copied.iter().find(|unit| !unit.is_same) {
        None => Ok(()),
        Some(other) => bail!("{} in {to} are not what is in {from}: empty {to} and copy again", other.unit),
    }
}

fn place(data: &DataSettings, text: &str) -> anyhow::Result<StoreUrl> {
    let url = data.parse(text)?;
    if url.is_volatile() {
        bail!("store {url} lives in one process only, so there is nothing to copy");
    }
    Ok(url)
}

/// Those that were asked for.
fn sides(arguments: &CopyArguments) -> Vec<Side> {
    let asked = [(Side::Users, arguments.users), (Side::Rooms, arguments.rooms)];
    asked.into_iter().filter(|(_, is_asked)| *is_asked).map(|(side, _)| side).collect()
}

async fn between(
    (from, source): (&StoreUrl, &Store),
    (to, target): (&StoreUrl, &Store),
    sides: &[Side],
) -> anyhow::Result<Vec<Copied>> {
    let (from, to) = (from.to_string(), to.to_string());
    let source = Named { archive: &*source.archive, name: &from };
    let target = Named { archive: &*target.archive, name: &to };
    copy(source, target, sides, &Progress::to_stderr()).await
}

fn show(output: Output, copied: &[Copied]) -> anyhow::Result<()> {
    let body = |unit: &Copied| UnitBody {
        unit: unit.unit.as_str(),
        records: unit.sum.records,
        digest: hex::encode(unit.sum.digest),
        ok: unit.is_same,
    };
    let bodies: Vec<UnitBody> = copied.iter().map(body).collect();
    if output.json {
        return print::json(&bodies);
    }
    let line = |unit: &UnitBody| {
        let verdict = if unit.ok { "ok" } else { "DIFFERENT" };
        format!("{:<16} {:>12}  {:.16}  {verdict}", unit.unit, unit.records, unit.digest)
    };
    let head = format!("{:<16} {:>12}  {:<16}", "unit", "records", "sha-256");
    print::lines([head].into_iter().chain(bodies.iter().map(line)))
}
