//! Whether a text is in the language that it is read in. Specification of voice apps, 1.19.
//!
//! Letters tell most languages apart; those with Latin letters are told by their commonest short words. A text that says
//! too little is taken as it is: this warns, and must seldom be wrong.

/// Short words that are common in a language, and in none of the others here.
const WORDS: &[(&str, &[&str])] = &[
    ("de", &["und", "der", "die", "das", "bitte", "nicht", "sie", "wir", "mit", "auf", "ist", "uns", "ihr", "sind"]),
    ("en", &["the", "and", "for", "you", "your", "please", "are", "our", "is", "we", "of", "press", "with", "this"]),
    ("es", &["los", "las", "por", "para", "usted", "gracias", "nuestro", "nuestra", "pulse", "con", "su", "y", "el"]),
    ("fr", &["les", "vous", "nous", "votre", "notre", "est", "pour", "avec", "sur", "tapez", "veuillez", "et", "nos"]),
    ("it", &["gli", "il", "per", "grazie", "nostro", "nostra", "prego", "siamo", "premere", "della", "sono", "che"]),
    ("nl", &["het", "een", "uw", "wij", "voor", "niet", "van", "bent", "onze", "druk", "kies", "zijn", "ons"]),
    ("pt", &["os", "você", "obrigado", "nosso", "nossa", "não", "uma", "são", "em", "do", "ou", "seu", "sua"]),
];
/// So many of a language's words are in a text that is in that language.
const WORDS_MIN: usize = 3;
/// So many letters of an alphabet are in a text that is written in it.
const LETTERS_MIN: usize = 4;

/// Ways of writing, as far as they tell languages apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Arabic,
    Cyrillic,
    Devanagari,
    Greek,
    Han,
    Hangul,
    Hebrew,
    Kana,
    Latin,
    Thai,
}

/// Whether a text seems to be in another language than that of this tag, such as `en-US`.
pub fn seems_other(text: &str, tag: &str) -> bool {
    let language = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let expected = scripts_of(&language);
    let letters = |is: &dyn Fn(Script) -> bool| text.chars().filter_map(script_of).filter(|script| is(*script)).count();
    let own = letters(&|script| expected.contains(&script));
    let other = letters(&|script| !expected.contains(&script));
    // Names and brands are in Latin letters everywhere.
    let foreign = if expected.contains(&Script::Latin) { other } else { letters(&|script| script == Script::Latin) };
    if LETTERS_MIN <= foreign && own < foreign / 4 {
        return true;
    }
    expected.contains(&Script::Latin) && other == 0 && has_words_of_another(text, &language)
}

/// Whether a text has words of another language and none of its own.
fn has_words_of_another(text: &str, language: &str) -> bool {
    let Some((_, own)) = WORDS.iter().find(|(known, _)| *known == language) else { return false };
    let words = text.split(|letter: char| !letter.is_alphabetic()).map(str::to_lowercase);
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    let count = |of: &[&str]| words.iter().filter(|word| of.contains(&word.as_str())).count();
    let others = WORDS.iter().filter(|(known, _)| *known != language);
    count(own) == 0 && others.map(|(_, words)| count(words)).max().unwrap_or(0) >= WORDS_MIN
}

fn scripts_of(language: &str) -> &'static [Script] {
    match language {
        "ar" | "fa" | "ur" => &[Script::Arabic],
        "be" | "bg" | "kk" | "mk" | "ru" | "uk" => &[Script::Cyrillic],
        "el" => &[Script::Greek],
        "he" => &[Script::Hebrew],
        "hi" | "mr" | "ne" => &[Script::Devanagari],
        "ja" => &[Script::Kana, Script::Han],
        "ko" => &[Script::Hangul, Script::Han],
        // Serbian is written in both.
        "sr" => &[Script::Cyrillic, Script::Latin],
        "th" => &[Script::Thai],
        "yue" | "zh" => &[Script::Han],
        _ => &[Script::Latin],
    }
}

fn script_of(letter: char) -> Option<Script> {
    Some(match letter {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{370}'..='\u{3ff}' => Script::Greek,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '\u{590}'..='\u{5ff}' => Script::Hebrew,
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => Script::Arabic,
        '\u{900}'..='\u{97f}' => Script::Devanagari,
        '\u{e00}'..='\u{e7f}' => Script::Thai,
        '\u{3040}'..='\u{30ff}' => Script::Kana,
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => Script::Hangul,
        '\u{3400}'..='\u{9fff}' => Script::Han,
        _ => return None,
    })
}
