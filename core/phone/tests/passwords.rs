use phone::access::password::{COMMONEST, PasswordFault, password_fault};

#[test]
fn long_passwords_are_taken_and_those_that_everybody_chooses_refused() {
    for (password, expected) in [
        ("elevenchars", Some(PasswordFault::TooShort)),
        ("twelve chars", None),
        ("zwölf Zeichen sind genug", None),
        ("no digits no capitals", None),
        ("Password1234", Some(PasswordFault::Common)),
        ("aaaaaaaaaaaaaaaa", Some(PasswordFault::Common)),
        ("abcabcabcabc", Some(PasswordFault::Common)),
        ("abcdefghijklm", Some(PasswordFault::Common)),
        ("1234567890123", Some(PasswordFault::Common)),
        ("9876543210987", Some(PasswordFault::Common)),
        ("Administrator", Some(PasswordFault::Common)),
        ("ann@demo.test", Some(PasswordFault::Own)),
    ] {
        assert_eq!(password_fault(password, "Ann@demo.test"), expected, "{password}");
    }
    let (most, more) = ("läuft ".repeat(36), "läuft ".repeat(37));
    assert_eq!((most.len(), password_fault(&most, "")), (252, None));
    assert_eq!((more.len(), password_fault(&more, "")), (259, Some(PasswordFault::TooLong)));
}

#[test]
fn each_of_the_list_would_be_long_enough() {
    for word in COMMONEST {
        assert_eq!(password_fault(word, ""), Some(PasswordFault::Common), "{word} needs no line");
    }
}
