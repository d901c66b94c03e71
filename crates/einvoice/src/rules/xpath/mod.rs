//! The few parts of XPath 2.0 the official rules are made of, with their exact behaviour: sequences of none or many,
//! casts that fail, decimals, white space.

mod decimal;
mod eval;
mod text;

pub(in crate::rules) use decimal::Dec;
pub(in crate::rules) use eval::Eval;
pub(in crate::rules) use text::{cast_boolean, cast_date, double_sign, normalize, number, trim};

/// A dynamic error of XPath. It ends the judging of the document, as it ends the official validator's run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) struct Fault(pub(in crate::rules) String);

/// A value, or the error that stops the run.
pub(in crate::rules) type Judged<T> = Result<T, Fault>;

/// `a and b`: one false decides, even beside an error, as the official validators' processor has it.
pub(in crate::rules) fn both(a: Judged<bool>, b: Judged<bool>) -> Judged<bool> {
    match (a, b) {
        (Ok(false), _) | (_, Ok(false)) => Ok(false),
        (Ok(true), other) | (other, Ok(true)) => other,
        (Err(fault), Err(_)) => Err(fault),
    }
}

/// `a or b`: one true decides, even beside an error.
pub(in crate::rules) fn either(a: Judged<bool>, b: Judged<bool>) -> Judged<bool> {
    match (a, b) {
        (Ok(true), _) | (_, Ok(true)) => Ok(true),
        (Ok(false), other) | (other, Ok(false)) => other,
        (Err(fault), Err(_)) => Err(fault),
    }
}
