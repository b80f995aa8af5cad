//! How the demo looks: steps, requests, JSON, coloured on a terminal that wants colours.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use clap::builder::styling::{AnsiColor, Style};
use serde_json::Value;

const TITLE: Style = Style::new().bold();
const STEP: Style = AnsiColor::BrightBlue.on_default().bold();
const WIRE: Style = AnsiColor::Yellow.on_default();
const KEY: Style = AnsiColor::Cyan.on_default();
const TEXT: Style = AnsiColor::Green.on_default();
const QUIET: Style = Style::new().dimmed();
const KEPT: Style = AnsiColor::BrightGreen.on_default().bold();
const BROKEN: Style = AnsiColor::BrightRed.on_default().bold();

/// Where the demo is shown.
pub(super) struct Stage {
    coloured: bool,
    steps: u32,
}

impl Stage {
    /// Standard output; coloured when it is a terminal and `NO_COLOR` (no-color.org) is not set.
    pub(super) fn on_stdout() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        Self { coloured: io::stdout().is_terminal() && !unwanted, steps: 0 }
    }

    /// What is shown.
    pub(super) fn title(&mut self, text: &str) -> io::Result<()> {
        let title = self.paint(TITLE, text);
        show(&title)
    }

    /// Something beside the story.
    pub(super) fn remark(&mut self, text: &str) -> io::Result<()> {
        let remark = self.paint(QUIET, text);
        show(&format!("   {remark}"))
    }

    /// The next step of the story.
    pub(super) fn step(&mut self, text: &str) -> io::Result<()> {
        self.steps += 1;
        let step = self.paint(STEP, &format!("{}. {text}", self.steps));
        show(&format!("\n{step}"))
    }

    /// Something that goes over the wire: a line and what it carries.
    pub(super) fn wire(&mut self, line: &str, body: Option<&Value>) -> io::Result<()> {
        let mut text = format!("   {}", self.paint(WIRE, line));
        if let Some(body) = body {
            text.push_str("\n   ");
            self.json(&mut text, body, 3);
        }
        show(&text)
    }

    /// A promise and whether it was kept.
    pub(super) fn verdict(&mut self, kept: bool, promise: &str) -> io::Result<()> {
        let mark = if kept { self.paint(KEPT, "✓") } else { self.paint(BROKEN, "✗") };
        show(&format!("   {mark} {promise}"))
    }

    fn json(&self, text: &mut String, value: &Value, indent: usize) {
        let inner = indent + 2;
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                text.push('{');
                for (index, (key, field)) in fields.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    let key = self.paint(KEY, &Value::from(key.as_str()).to_string());
                    let _ = write!(text, "{comma}\n{:inner$}{key}: ", "");
                    self.json(text, field, inner);
                }
                let _ = write!(text, "\n{:indent$}}}", "");
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { ", " });
                    self.json(text, item, indent);
                }
                text.push(']');
            }
            Value::String(_) => text.push_str(&self.paint(TEXT, &value.to_string())),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                text.push_str(&value.to_string());
            }
        }
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.coloured { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

fn show(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rendered(coloured: bool, value: &Value) -> String {
        let mut text = String::new();
        Stage { coloured, steps: 0 }.json(&mut text, value, 0);
        text
    }

    #[test]
    fn json_without_colours_is_still_json() {
        let value = json!({"a": [], "b": [{"c": "d\"\n"}, {}], "e": null, "f": {}, "g": [1, 2]});
        assert_eq!(serde_json::from_str::<Value>(&rendered(false, &value)).unwrap(), value);
    }

    #[test]
    fn colours_are_used_only_when_wanted() {
        let value = json!({"a": "b"});
        assert!(rendered(true, &value).contains('\u{1b}'));
        assert!(!rendered(false, &value).contains('\u{1b}'));
    }
}
