//! A sequence of operations, and how it gets shorter.

use std::fmt;

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::operation::{Operation, operation};

/// Operations, one after another.
#[derive(Clone, PartialEq)]
pub(crate) struct Script(pub(crate) Vec<Operation>);

impl fmt::Debug for Script {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().zip(1..).try_for_each(|(operation, n)| writeln!(out, "{n:4}. {operation:?}"))
    }
}

/// Scripts of exactly so many operations.
///
/// `proptest`'s own vectors shrink one element after another, each of them wholly before the next is tried; here
/// whole stretches are left out first, since every try costs a run on a real store.
#[derive(Debug)]
pub(crate) struct Scripts {
    pub(crate) length: usize,
}

impl Strategy for Scripts {
    type Tree = Shrinking<Box<dyn ValueTree<Value = Operation>>>;
    type Value = Script;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let operation = operation().boxed();
        let trees = (0..self.length).map(|_| operation.new_tree(runner)).collect::<Result<Vec<_>, _>>()?;
        let steps = trees.into_iter().map(|tree| Step { tree, is_kept: true }).collect();
        Ok(Shrinking { steps, next: Try::leave_out(self.length), tried: None })
    }
}

struct Step<T> {
    tree: T,
    is_kept: bool,
}

/// A script that is known to fail, and what to try with it next.
pub(crate) struct Shrinking<T> {
    steps: Vec<Step<T>>,
    next: Try,
    /// What was changed since, to be undone if the script does not fail any more.
    tried: Option<Change>,
}

#[derive(Clone, Copy)]
enum Try {
    /// Leave out `many` of the operations that are left, from the `at`th on.
    LeaveOut {
        many: usize,
        at: usize,
    },
    /// Simplify the `at`th of the operations that are left.
    Simplify {
        at: usize,
    },
    Nothing,
}

enum Change {
    LeftOut(Vec<usize>),
    Simplified(usize),
}

impl Try {
    const fn leave_out(length: usize) -> Self {
        Self::LeaveOut { many: length.div_ceil(2), at: 0 }
    }
}

impl<T: ValueTree> Shrinking<T> {
    fn kept(&self) -> Vec<usize> {
        (0..self.steps.len()).filter(|&step| self.steps[step].is_kept).collect()
    }

    /// Changes something; `false` when there is nothing left to try.
    fn change(&mut self) -> bool {
        loop {
            let kept = self.kept();
            match self.next {
                Try::LeaveOut { many: 0, .. } => self.next = Try::Simplify { at: 0 },
                Try::LeaveOut { many, at } if at >= kept.len() => {
                    self.next = Try::LeaveOut { many: many / 2, at: 0 };
                }
                Try::LeaveOut { many, at } => {
                    let out: Vec<usize> = kept.into_iter().skip(at).take(many).collect();
                    out.iter().for_each(|&step| self.steps[step].is_kept = false);
                    self.tried = Some(Change::LeftOut(out));
                    return true;
                }
                Try::Simplify { at } if at >= kept.len() => self.next = Try::Nothing,
                Try::Simplify { at } => {
                    if self.steps[kept[at]].tree.simplify() {
                        self.tried = Some(Change::Simplified(kept[at]));
                        return true;
                    }
                    self.next = Try::Simplify { at: at + 1 };
                }
                Try::Nothing => return false,
            }
        }
    }

    fn pass_over(&mut self) {
        match &mut self.next {
            Try::LeaveOut { many, at } => *at += *many,
            Try::Simplify { at } => *at += 1,
            Try::Nothing => {}
        }
    }
}

impl<T: ValueTree<Value = Operation>> ValueTree for Shrinking<T> {
    type Value = Script;

    fn current(&self) -> Script {
        Script(self.steps.iter().filter(|step| step.is_kept).map(|step| step.tree.current()).collect())
    }

    fn simplify(&mut self) -> bool {
        self.tried = None;
        self.change()
    }

    fn complicate(&mut self) -> bool {
        match self.tried.take() {
            None => return false,
            Some(Change::LeftOut(out)) => out.into_iter().for_each(|step| self.steps[step].is_kept = true),
            Some(Change::Simplified(step)) => {
                if self.steps[step].tree.complicate() {
                    self.tried = Some(Change::Simplified(step));
                    return true;
                }
            }
        }
        self.pass_over();
        self.change()
    }
}

#[cfg(test)]
mod tests {
    use proptest::test_runner::{Config, TestError};

    use super::*;

    #[test]
    fn a_script_shrinks_to_what_makes_it_fail() {
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        let restarts = |script: &Script| script.0.iter().filter(|step| **step == Operation::Restart).count();
        let failed = runner.run(&Scripts { length: 200 }, |script| {
            proptest::prop_assert!(restarts(&script) < 2);
            Ok(())
        });
        let Err(TestError::Fail(_, script)) = failed else { panic!("200 operations without two restarts") };
        assert_eq!(script, Script(vec![Operation::Restart, Operation::Restart]));
        assert_eq!(format!("{script:?}"), "   1. restart\n   2. restart\n");
    }
}
