//! What a password must be. NIST SP 800-63B 3.1.1.2: long, none that everybody chooses, and no rules on its letters.

use crate::limits::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN};
use crate::rule::Broken;

/// The commonest of those that are long enough, in small letters. Repetitions and sequences are told without a list.
pub const COMMONEST: [&str; 39] = [
    "1234567890ab",
    "12345678910a",
    "1234567891011",
    "123456789101112",
    "123qweasdzxc",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv",
    "administrator",
    "administrator1",
    "adminadminadmin",
    "basketball123",
    "changeme1234",
    "changemenow1",
    "computer1234",
    "correcthorsebatterystaple",
    "football1234",
    "iloveyou1234",
    "letmein12345",
    "letmein123456",
    "passw0rd1234",
    "password1234",
    "password12345",
    "password123456",
    "password@123",
    "princess1234",
    "qazwsxedcrfv",
    "qwerasdfzxcv",
    "qwerty123456",
    "qwerty1234567890",
    "qwertyqwerty",
    "qwertyuiop123",
    "qwertyuiop12",
    "qwertyuiopasdf",
    "qwertyuiopasdfghjkl",
    "trunkline1234",
    "welcome12345",
    "welcome123456",
];

/// Longest piece of which a password may not be made by repeating it.
const PIECE_CHARS_MAX: usize = 4;

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Soon guessed.
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters")]
    TooShort,
    /// More than is hashed.
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    /// Among the first that are tried.
    #[error("this password is among the first that are tried")]
    Common,
    /// The address that is typed beside it.
    #[error("a password is not what one signs in with")]
    Own,
}

/// What is wrong with a password that the holder of `email` wants.
pub fn password_fault(password: &str, email: &str) -> Option<PasswordFault> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Some(PasswordFault::TooShort);
    }
    if PASSWORD_BYTES_MAX < password.len() {
        return Some(PasswordFault::TooLong);
    }
    let small = password.to_lowercase();
    if small == email.trim().to_lowercase() {
        return Some(PasswordFault::Own);
    }
    let letters: Vec<char> = small.chars().collect();
    let is_common = COMMONEST.contains(&small.as_str()) || repeats(&letters) || counts(&letters);
    is_common.then_some(PasswordFault::Common)
}

/// Whether it is one short piece again and again.
fn repeats(letters: &[char]) -> bool {
    (1..=PIECE_CHARS_MAX).any(|n| letters.get(n..).is_some_and(|rest| letters.starts_with(rest)))
}

/// Whether each letter follows the one before, as in `abcdefghijkl`; 0 follows 9.
fn counts(letters: &[char]) -> bool {
    let follows = |one: char, next: char| (one == '9' && next == '0') || u32::from(one) + 1 == u32::from(next);
    letters.array_windows().all(|[one, next]| follows(*one, *next))
        || letters.array_windows().all(|[one, next]| follows(*next, *one))
}

impl Broken for PasswordFault {
    fn code(&self) -> &'static str {
        match self {
            Self::TooShort => "password.too_short",
            Self::TooLong => "password.too_long",
            Self::Common => "password.common",
            Self::Own => "password.own",
        }
    }

    fn fix(&self) -> String {
        "take a few words that belong together for nobody but you, or let a password manager make one".to_owned()
    }

    fn is_conflict(&self) -> bool {
        false
    }
}
