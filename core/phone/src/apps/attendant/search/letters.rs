//! Names as the keys that they are typed with. Specification of voice apps, 2.6; ITU-T E.161.

use super::nicknames::other_forms;

/// Words of one name: more is a title.
const WORDS_MAX: usize = 8;
/// The first number of a nickname.
const FIRST_NICKNAME: u8 = 8;
/// Words of all nicknames of one person.
const NICKNAME_WORDS_MAX: usize = 20;

/// The words of a name as keys, each with its number. A word with letters that are written in two ways, such as an
/// umlaut, is there in both, a first name in its other forms as well. What has no keys is left out. Nicknames are words
/// of the name that are numbered after it.
pub(super) fn words_of(name: &str, nicknames: &[String]) -> Vec<(u8, Box<str>)> {
    let mut words = Vec::new();
    let of_name: Vec<&str> = split(name).take(WORDS_MAX).collect();
    let family = family_name(name, of_name.len());
    for (number, word) in (0u8..).zip(&of_name) {
        push(number, word, &mut words);
        for form in other_forms(word).filter(|_| Some(usize::from(number)) != family) {
            push(number, form, &mut words);
        }
    }
    let nicknames = nicknames.iter().flat_map(|nickname| split(nickname)).take(NICKNAME_WORDS_MAX);
    for (number, word) in (FIRST_NICKNAME..).zip(nicknames) {
        push(number, word, &mut words);
    }
    words
}

/// Which word is the family name, as far as the order tells: the last one, or the first before a comma.
fn family_name(name: &str, n_words: usize) -> Option<usize> {
    match (name.contains(','), n_words) {
        (_, ..2) => None,
        (true, _) => Some(0),
        (false, _) => n_words.checked_sub(1),
    }
}

fn split(name: &str) -> impl Iterator<Item = &str> {
    let is_between = |char: char| char.is_whitespace() || matches!(char, '-' | ',' | '/' | '(' | ')');
    name.split(is_between).filter(|word| !word.is_empty())
}

fn push(number: u8, word: &str, words: &mut Vec<(u8, Box<str>)>) {
    let [short, long] = [Spelling::Short, Spelling::Long].map(|spelling| keys_of(word, spelling));
    if !short.is_empty() {
        words.push((number, short.as_str().into()));
    }
    if long != short {
        words.push((number, long.as_str().into()));
    }
}

/// How an umlaut is written without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    /// ä is a.
    Short,
    /// ä is ae.
    Long,
}

fn keys_of(word: &str, spelling: Spelling) -> String {
    let mut keys = String::with_capacity(word.len());
    for letter in word.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' => keys.extend(key_of(letter)),
            _ => keys.extend(plain(letter, spelling).chars().filter_map(key_of)),
        }
    }
    keys
}

fn key_of(letter: char) -> Option<char> {
    match letter {
        'a'..='c' => Some('2'),
        'd'..='f' => Some('3'),
        'g'..='i' => Some('4'),
        'j'..='l' => Some('5'),
        'm'..='o' => Some('6'),
        'p'..='s' => Some('7'),
        't'..='v' => Some('8'),
        'w'..='z' => Some('9'),
        _ => None,
    }
}

/// A letter of another alphabet, or one with a mark, in plain letters; nothing if it has none.
fn plain(letter: char, spelling: Spelling) -> &'static str {
    match (letter, spelling) {
        ('ä' | 'æ', Spelling::Long) => "ae",
        ('ö' | 'ø' | 'œ', Spelling::Long) => "oe",
        ('ü', Spelling::Long) => "ue",
        ('å', Spelling::Long) => "aa",
        ('à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'æ' | 'а', _) => "a",
        ('б', _) => "b",
        ('ç' | 'ć' | 'ĉ' | 'č', _) => "c",
        ('ď' | 'đ' | 'ð' | 'д', _) => "d",
        ('è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'е' | 'ё' | 'э' | 'є', _) => "e",
        ('ф', _) => "f",
        ('ĝ' | 'ğ' | 'ġ' | 'г' | 'ґ', _) => "g",
        ('ĥ' | 'ħ', _) => "h",
        ('ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' | 'и' | 'і' | 'ї' | 'й', _) => "i",
        ('ĵ', _) => "j",
        ('ķ' | 'к', _) => "k",
        ('ĺ' | 'ļ' | 'ľ' | 'ł' | 'л', _) => "l",
        ('м', _) => "m",
        ('ñ' | 'ń' | 'ņ' | 'ň' | 'н', _) => "n",
        ('ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' | 'œ' | 'о', _) => "o",
        ('п', _) => "p",
        ('ŕ' | 'ř' | 'р', _) => "r",
        ('ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'с', _) => "s",
        ('ß', _) => "ss",
        ('ţ' | 'ť' | 'ț' | 'т', _) => "t",
        ('þ', _) => "th",
        ('ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' | 'у', _) => "u",
        ('в', _) => "v",
        ('ŵ', _) => "w",
        ('ý' | 'ÿ' | 'ŷ' | 'ы', _) => "y",
        ('ź' | 'ż' | 'ž' | 'з', _) => "z",
        ('ж', _) => "zh",
        ('х', _) => "kh",
        ('ц', _) => "ts",
        ('ч', _) => "ch",
        ('ш', _) => "sh",
        ('щ', _) => "shch",
        ('ю', _) => "yu",
        ('я', _) => "ya",
        _ => "",
    }
}
