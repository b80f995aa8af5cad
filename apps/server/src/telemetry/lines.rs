//! Log lines on their way out: written by a thread of their own, so that a reader who is slow or has stopped reading
//! never holds up a request.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How many lines may wait; more are counted and lost.
const MOST_WAITING: usize = 8192;
/// How long the end waits for the last lines.
const LAST_LINES_WITHIN: Duration = Duration::from_millis(500);

/// Where lines are put.
#[derive(Clone)]
pub(super) struct Lines {
    queue: SyncSender<Message>,
    lost: Arc<AtomicU64>,
}

/// Has the lines that wait written when it is dropped.
pub(crate) struct LastLines(SyncSender<Message>);

enum Message {
    Line(Vec<u8>),
    /// Everything before it is written: say so.
    Written(Sender<()>),
}

impl Lines {
    /// Lines that go to `out`.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(super) fn to(out: impl Write + Send + 'static) -> io::Result<(Self, LastLines)> {
        let (queue, waiting) = sync_channel(MOST_WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&lost);
        thread::Builder::new().name("log".to_owned()).spawn(move || write_all(out, &waiting, &counted))?;
        Ok((Self { queue: queue.clone(), lost }, LastLines(queue)))
    }

    fn put(&self, line: Vec<u8>) {
        if self.queue.try_send(Message::Line(line)).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write_all(mut out: impl Write, waiting: &Receiver<Message>, lost: &AtomicU64) {
    while let Ok(message) = waiting.recv() {
        match message {
            // There is nobody to tell that the log cannot be written.
            Message::Line(line) => drop(out.write_all(&line)),
            Message::Written(tell) => drop((out.flush(), tell.send(()))),
        }
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(lost, "log lines were lost, since nobody read them in time");
        }
    }
}

impl Drop for LastLines {
    fn drop(&mut self) {
        let (tell, written) = channel();
        if self.0.try_send(Message::Written(tell)).is_ok() {
            let _ = written.recv_timeout(LAST_LINES_WITHIN);
        }
    }
}

/// One event being formatted; put into the queue when it is dropped.
pub(super) struct Line<'a> {
    lines: &'a Lines,
    text: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.text.write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.lines.put(std::mem::take(&mut self.text));
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { lines: self, text: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(text)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_was_logged_is_written_in_order_before_the_end() {
        let page = Page::default();
        let (lines, last) = Lines::to(page.clone()).unwrap();
        for n in 0..1_000 {
            writeln!(lines.make_writer(), "{n}").unwrap();
        }
        drop(last);
        let expected: String = (0..1_000).map(|n| format!("{n}\n")).collect();
        assert_eq!(String::from_utf8(page.0.lock().unwrap().clone()).unwrap(), expected);
    }

    #[test]
    fn a_reader_who_stopped_reading_holds_nobody_up() {
        let page = Page::default();
        let stuck = page.0.clone();
        let unread = stuck.lock().unwrap();
        let (lines, last) = Lines::to(page).unwrap();
        for n in 0..3 * MOST_WAITING {
            writeln!(lines.make_writer(), "{n}").unwrap();
        }
        assert!(lines.lost.load(Ordering::Relaxed) > 0);
        drop(last);
        drop(unread);
    }
}
