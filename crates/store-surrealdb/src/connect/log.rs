//! The end of SurrealKV's write-ahead log after a crash.
//!
//! A process that is killed while it writes a record leaves a part of it behind. SurrealKV 0.21 opens the log to append
//! before it looks how it ends: it goes on behind the torn record, where the next replay does not get, or repairs the log
//! into another file and goes on in the one that is gone. Both ways the next crash takes whatever was acknowledged since.
//! So the torn record, which was never acknowledged, is cut off before the engine comes.
//!
//! A power cut leaves more. With `sync=every` SurrealDB appends each commit at once, and syncs once for all that wait
//! for it, while the next ones are appended. So several records at the end may be unsynced; none of them was
//! acknowledged. The system writes the pages of a file in any order, and the length apart from them. A page that was not
//! written is zeros, or what was in it before and then zeros. So a record may have a hole while those behind it are
//! whole: that too is cut off, from the record with the hole on.
//!
//! Where something sound stands behind a record that is broken in another way, no crash explains it: the log is left as
//! it is and not opened, while the engine would silently drop all that follows.
//!
//! A disk that fails may leave a page of zeros as well, among records that were acknowledged long ago. So a hole has to
//! be near enough to the end, and what is cut off with whole records in it is kept in a file.

mod end;
mod part;

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use self::end::{End, end_of};
use super::ConnectError;

/// Cuts off what was not written to its end. Nobody else may have the directory open meanwhile.
pub(super) fn mend(directory: &Path) -> Result<(), ConnectError> {
    let broken = |source| ConnectError::Directory { path: directory.to_owned(), source };
    let Some(path) = newest_segment(&directory.join("wal")).map_err(broken)? else { return Ok(()) };
    let mut segment = File::options().read(true).write(true).open(&path).map_err(broken)?;
    match end_of(&mut segment).map_err(broken)? {
        End::Whole => Ok(()),
        End::Torn(length) => {
            cut(&segment, length).map_err(broken)?;
            tracing::warn!(log = %path.display(), length, "cut off a record that was not written to its end");
            Ok(())
        }
        End::Holed(offset) => {
            let (kept, bytes) = keep(directory, &path, &mut segment, offset).map_err(broken)?;
            cut(&segment, offset).map_err(broken)?;
            let (log, kept) = (path.display(), kept.display());
            tracing::warn!(%log, offset, bytes, %kept, "cut off records of which not every page was written");
            Ok(())
        }
        End::Damaged(offset) => Err(ConnectError::DamagedLog { path, offset }),
    }
}

/// Only the newest can be torn: the engine syncs one before it begins the next.
pub(super) fn newest_segment(folder: &Path) -> io::Result<Option<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "wal")).max())
}

fn cut(segment: &File, length: u64) -> io::Result<()> {
    segment.set_len(length)?;
    segment.sync_all()
}

/// Copies what stands behind the first `length` bytes, and answers where to and how many bytes. Not into the folder of
/// the log: the engine looks at every name in that one, and at none in `directory`.
fn keep(directory: &Path, segment_path: &Path, segment: &mut File, length: u64) -> io::Result<(PathBuf, u64)> {
    let segment_name = segment_path.file_name().unwrap_or_default().to_string_lossy();
    let (mut file, path) = new_file(directory, &format!("{segment_name}.cut-at-{length}"))?;
    let copied = copy_from(segment, length, &mut file).and_then(|bytes| sync_folder(directory).map(|()| bytes));
    if copied.is_err() {
        // The log still has it all. A start that is tried again and again would fill a full disk with beginnings.
        let _ = std::fs::remove_file(&path);
    }
    copied.map(|bytes| (path, bytes))
}

/// One log may be cut twice at the same byte, so the name gets a number when it is taken.
fn new_file(directory: &Path, name: &str) -> io::Result<(File, PathBuf)> {
    let mut path = directory.join(name);
    let mut number = 1;
    loop {
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            file => return Ok((file?, path)),
        }
        path = directory.join(format!("{name}-{number}"));
    }
}

fn copy_from(segment: &mut File, length: u64, file: &mut File) -> io::Result<u64> {
    segment.seek(SeekFrom::Start(length))?;
    let bytes = io::copy(segment, file)?;
    file.sync_all()?;
    Ok(bytes)
}

/// A file that was synced is lost all the same when its folder does not know it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened like a file.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::{fs, slice};

    use super::end::tests::{UNDER_WAY, under_way};
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn with(log: &[u8]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("wal")).unwrap();
            fs::write(folder.path().join("wal/00000000000000000002.wal"), b"an older one is not looked at").unwrap();
            let folder = Self(folder);
            fs::write(folder.segment(), log).unwrap();
            folder
        }

        fn segment(&self) -> PathBuf {
            self.0.path().join("wal/00000000000000000003.wal")
        }

        fn kept(&self) -> Vec<(String, Vec<u8>)> {
            let files = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path());
            let mut kept: Vec<_> = files
                .filter(|path| path.is_file())
                .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
                .collect();
            kept.sort();
            kept
        }
    }

    /// The log that a power cut leaves when a page was not written, and how much of it is whole.
    fn holed() -> (Vec<u8>, usize) {
        let mut log = under_way();
        let [whole, ..] = UNDER_WAY;
        log[whole..8192].fill(0);
        (log, whole)
    }

    #[test]
    fn what_is_cut_off_with_whole_records_in_it_is_kept() {
        let (log, whole) = holed();
        let folder = Folder::with(&log);
        mend(folder.0.path()).unwrap();
        assert_eq!(fs::read(folder.segment()).unwrap(), log[..whole]);
        let first = ("00000000000000000003.wal.cut-at-5000".to_owned(), log[whole..].to_vec());
        assert_eq!(folder.kept(), slice::from_ref(&first));

        mend(folder.0.path()).unwrap();
        assert_eq!(folder.kept(), slice::from_ref(&first), "there is nothing more to cut off");

        let again = [&log[..], b"more"].concat();
        fs::write(folder.segment(), &again).unwrap();
        mend(folder.0.path()).unwrap();
        assert_eq!(fs::read(folder.segment()).unwrap(), log[..whole]);
        let second = ("00000000000000000003.wal.cut-at-5000-2".to_owned(), again[whole..].to_vec());
        assert_eq!(folder.kept(), [first, second]);
    }

    #[test]
    fn a_torn_record_is_not_kept() {
        let log = under_way();
        let folder = Folder::with(&log[..UNDER_WAY[2] - 1]);
        mend(folder.0.path()).unwrap();
        assert_eq!(fs::read(folder.segment()).unwrap(), log[..UNDER_WAY[1]]);
        assert_eq!(folder.kept(), []);
    }

    #[test]
    fn a_damaged_log_is_left_as_it_is() {
        let mut log = under_way();
        log[UNDER_WAY[0] + 100] ^= 0x40;
        let folder = Folder::with(&log);
        let Err(ConnectError::DamagedLog { path, offset }) = mend(folder.0.path()) else { panic!("it was mended") };
        assert_eq!((path, offset), (folder.segment(), 5000));
        assert_eq!(fs::read(folder.segment()).unwrap(), log);
        assert_eq!(folder.kept(), []);
    }

    #[test]
    fn nothing_is_cut_off_that_cannot_be_kept() {
        let (log, whole) = holed();
        let folder = Folder::with(&log);
        let mut segment = File::options().write(true).open(folder.segment()).unwrap();
        keep(folder.0.path(), &folder.segment(), &mut segment, whole as u64).unwrap_err();
        assert_eq!(folder.kept(), [], "a beginning would be taken for the whole");
    }
}
