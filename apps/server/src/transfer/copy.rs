//! Copying a store, record by record, into another one.

use anyhow::{Context, bail};
use parlour_domain::port::{Archive, CorruptRecord};
use parlour_domain::{ImportMark, ImportStep, Side, Unit};

use super::progress::Progress;
use super::records::Records;
use super::sum::{Sum, Summing, sum};

/// So many corrupt records are named; more are counted.
const MOST_NAMED: usize = 20;

/// A store, and what to call it.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) archive: &'a dyn Archive,
    /// Its URL without credentials.
    pub(crate) name: &'a str,
}

/// What became of one unit.
#[derive(Debug)]
pub(crate) struct Copied {
    pub(crate) unit: Unit,
    /// What was read from the source.
    pub(crate) sum: Sum,
    /// Whether the target holds the same.
    pub(crate) is_same: bool,
}

/// Copies the `sides` of a store (those that hold anything, when none is named), or goes on with that copy. When it
/// answers and every unit is the same, the target is a store like any other; else its mark stays.
///
/// # Errors
/// One line that says why nothing was copied, or why the copy has to be run again.
pub(crate) async fn copy(
    from: Named<'_>,
    to: Named<'_>,
    sides: &[Side],
    progress: &Progress,
) -> anyhow::Result<Vec<Copied>> {
    if let Some(mark) = from.archive.unfinished_import().await? {
        bail!("store {} is itself the unfinished target of a copy from {}", from.name, mark.source);
    }
    let sides = if sides.is_empty() { sides_in_use(from.archive).await? } else { sides.to_vec() };
    let begun = begun(to, &ImportMark::new(from.name.to_owned(), sides.clone())).await?;
    let sums = read_source(from, &sides, progress).await?;
    let mark = match begun {
        Some(mark) => mark,
        None => {
            let mark = ImportMark::new(from.name.to_owned(), sides);
            to.archive.begin_import(mark.clone()).await.with_context(|| format!("store {}", to.name))?;
            mark
        }
    };
    let mark = import(from, to, mark, &sums, progress).await?;
    let copied = compare(from, to, sums, progress).await?;
    if copied.iter().all(|unit| unit.is_same) {
        to.archive.finish_import(mark).await.with_context(|| format!("store {}", to.name))?;
    }
    Ok(copied)
}

/// The sides with anything in them; an empty store has both.
async fn sides_in_use(archive: &dyn Archive) -> anyhow::Result<Vec<Side>> {
    let mut sides = Vec::new();
    for side in Side::ALL {
        for unit in side.units() {
            if !archive.export(*unit, None, 1).await?.is_empty() {
                sides.push(side);
                break;
            }
        }
    }
    Ok(if sides.is_empty() { Side::ALL.to_vec() } else { sides })
}

/// The mark of this very copy, if it has begun. Anything else in the target is refused.
async fn begun(to: Named<'_>, wanted: &ImportMark) -> anyhow::Result<Option<ImportMark>> {
    let Some(mark) = to.archive.unfinished_import().await? else {
        let there = what_is_there(to.archive, wanted).await?;
        if there.is_empty() {
            return Ok(None);
        }
        bail!("store {} is not empty: it holds {}", to.name, there.join(", "));
    };
    if mark.source != wanted.source {
        bail!("store {} is the unfinished target of a copy from {}, not from {}", to.name, mark.source, wanted.source);
    }
    if mark.sides != wanted.sides {
        let sides: Vec<&str> = mark.sides.iter().map(|side| side.as_str()).collect();
        bail!("store {} is the unfinished target of a copy of {} alone", to.name, sides.join(" and "));
    }
    Ok(Some(mark))
}

async fn what_is_there(archive: &dyn Archive, wanted: &ImportMark) -> anyhow::Result<Vec<String>> {
    let mut there = Vec::new();
    for unit in wanted.units() {
        let counted = archive.count(unit).await?;
        if counted > 0 {
            there.push(format!("{counted} {unit}"));
        }
    }
    Ok(there)
}

/// Reads all of it once before anything is written: what cannot be copied whole is not begun.
async fn read_source(from: Named<'_>, sides: &[Side], progress: &Progress) -> anyhow::Result<Vec<(Unit, Sum)>> {
    let (mut sums, mut corrupt) = (Vec::new(), Vec::new());
    for unit in sides.iter().flat_map(|side| side.units()).copied() {
        let total = from.archive.count(unit).await?;
        let step = progress.begin("reading", unit, total);
        let (read, mut bad) = sum(from.archive, unit, &step).await.with_context(|| format!("store {}", from.name))?;
        if read.records + bad.len() as u64 != total {
            bail!("store {} counts {total} {unit}, but shows {}", from.name, read.records + bad.len() as u64);
        }
        corrupt.append(&mut bad);
        sums.push((unit, read));
    }
    if corrupt.is_empty() { Ok(sums) } else { Err(refused(from, &corrupt)) }
}

fn refused(from: Named<'_>, corrupt: &[(Unit, CorruptRecord)]) -> anyhow::Error {
    let name = |(unit, record): &(Unit, CorruptRecord)| format!("{unit} {} ({})", record.key, record.cause);
    let mut names: Vec<String> = corrupt.iter().take(MOST_NAMED).map(name).collect();
    if corrupt.len() > MOST_NAMED {
        names.push(format!("and {} more", corrupt.len() - MOST_NAMED));
    }
    let (name, count) = (from.name, corrupt.len());
    anyhow::anyhow!("store {name} has {count} records that do not parse, nothing was copied: {}", names.join("; "))
}

/// Imports page by page what the mark has not passed; what is read meanwhile must be what was read before.
async fn import(
    from: Named<'_>,
    to: Named<'_>,
    mut mark: ImportMark,
    sums: &[(Unit, Sum)],
    progress: &Progress,
) -> anyhow::Result<ImportMark> {
    for (unit, expected) in sums {
        let step = progress.begin("copying", *unit, expected.records);
        let (mut records, mut summing) = (Records::of(from.archive, *unit), Summing::default());
        loop {
            let page = records.next_page().await.with_context(|| format!("store {}", from.name))?;
            if page.is_empty() {
                break;
            }
            step.advance(page.len());
            let page = page.into_iter().collect::<Result<Vec<_>, _>>().with_context(|| changed(from))?;
            page.iter().for_each(|record| summing.add(record));
            let new = page.into_iter().filter(|record| !mark.has_passed(*unit, &record.key())).collect();
            if let Some(next) = ImportStep::new(mark.clone(), new) {
                mark = next.to.clone();
                to.archive.import(next).await.with_context(|| format!("store {}", to.name))?;
            }
        }
        if summing.finish() != *expected {
            bail!(changed(from));
        }
    }
    Ok(mark)
}

fn changed(from: Named<'_>) -> String {
    format!("store {} changed while it was copied: stop what uses it, empty the target and copy again", from.name)
}

/// Reads the target back, and counts the source once more.
async fn compare(
    from: Named<'_>,
    to: Named<'_>,
    sums: Vec<(Unit, Sum)>,
    progress: &Progress,
) -> anyhow::Result<Vec<Copied>> {
    let mut copied = Vec::new();
    for (unit, sum_of_source) in sums {
        let step = progress.begin("checking", unit, sum_of_source.records);
        let (read, corrupt) = sum(to.archive, unit, &step).await.with_context(|| format!("store {}", to.name))?;
        if from.archive.count(unit).await? != sum_of_source.records {
            bail!(changed(from));
        }
        let is_same = corrupt.is_empty() && read == sum_of_source;
        copied.push(Copied { unit, sum: sum_of_source, is_same });
    }
    Ok(copied)
}

#[cfg(test)]
mod tests;
