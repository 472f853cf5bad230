use server::passwords::*;
use server::secret::Secret;

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

#[tokio::test]
async fn a_password_is_known_again_and_hashed_anew_when_it_has_become_cheap() {
    let passwords = Passwords::new(Cost::CHEAPEST);
    let kept = passwords.hash(&secret("four words of mine")).await.unwrap();
    assert!(kept.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{kept}");
    assert_ne!(kept, passwords.hash(&secret("four words of mine")).await.unwrap(), "each has its salt");
    let verify = async |passwords: &Passwords, text: &str, kept: Option<&str>| {
        passwords.verify(&secret(text), kept.map(str::to_owned)).await.unwrap()
    };
    assert_eq!(verify(&passwords, "four words of mine", Some(&kept)).await, Verdict::Right);
    assert_eq!(verify(&passwords, "four words of yours", Some(&kept)).await, Verdict::Wrong);
    assert_eq!(verify(&passwords, "four words of mine", None).await, Verdict::Wrong);
    assert_eq!(verify(&passwords, "", Some("no hash")).await, Verdict::Wrong);
    assert_eq!(verify(&passwords, &"x".repeat(300), Some(&kept)).await, Verdict::Wrong);
    let dearer = Passwords::new(Cost { passes: 2, ..Cost::CHEAPEST });
    let Verdict::RightAndRehashed(again) = verify(&dearer, "four words of mine", Some(&kept)).await else {
        panic!("it is not hashed anew");
    };
    assert_eq!(verify(&dearer, "four words of mine", Some(&again)).await, Verdict::Right);
}

#[tokio::test]
async fn who_finds_no_room_is_told_so() {
    let passwords = Passwords::new(Cost::CHEAPEST);
    let _all = passwords.room.clone().acquire_many_owned(64).await.unwrap();
    assert_eq!(passwords.hash(&secret("four words of mine")).await, Err(TooBusy));
}

#[test]
fn a_cost_is_read_as_it_is_written() {
    assert_eq!(Cost::parse("19456,2,1"), Some(Cost::DEFAULT));
    assert_eq!(Cost::parse(" 65536, 3, 4 "), Some(Cost { memory_kib: 65_536, passes: 3, lanes: 4 }));
    for text in ["", "19456", "19456,2", "19456,0,1", "1,2,1", "9999999,2,1", "a,b,c", "19456,2,1,1"] {
        assert_eq!(Cost::parse(text), None, "{text}");
    }
}
