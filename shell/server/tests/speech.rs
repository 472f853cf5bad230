use std::path::{Path, PathBuf};

use server::speech::*;

#[tokio::test]
async fn a_missing_program_is_named_with_its_package() {
    let dir = tempfile::tempdir().unwrap();
    let speech = Speech::with(None, None, dir.path().to_owned());
    let english = speech.speak("en-US", "Hello").await;
    assert!(matches!(english, Err(SpeechError::EngineMissing { package: "flite", .. })), "{english:?}");
    let german = speech.speak("de-DE", "Hallo").await;
    assert!(matches!(german, Err(SpeechError::EngineMissing { package: "espeak-ng", .. })), "{german:?}");
}

#[tokio::test]
async fn a_text_has_a_length() {
    let dir = tempfile::tempdir().unwrap();
    let speech = Speech::with(None, None, dir.path().to_owned());
    for text in ["", "  ", &"a".repeat(TEXT_CHARS_MAX + 1)] {
        assert!(matches!(speech.speak("en-US", text).await, Err(SpeechError::TextLength)));
    }
}

#[tokio::test]
async fn what_a_program_says_of_its_failure_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let program = script(dir.path(), "echo no such voice >&2; exit 3");
    let speech = Speech::with(Some(program), None, dir.path().to_owned());
    let failed = speech.speak("en-US", "Hello").await;
    let Err(SpeechError::Failed { detail, .. }) = &failed else { panic!("{failed:?}") };
    assert_eq!(detail, "no such voice");
}

#[tokio::test]
async fn a_text_is_no_option_and_leaves_no_file() {
    let dir = tempfile::tempdir().unwrap();
    // Writes its last argument, the text, into the file that is named after -w.
    let program = script(dir.path(), r#"printf '%s' "$6" > "$4""#);
    let speech = Speech::with(None, Some(program), dir.path().to_owned());
    let spoken = speech.speak("de-DE", "--version; rm x").await.unwrap();
    assert_eq!(spoken, b"--version; rm x");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn the_installed_program_speaks() {
    let dir = tempfile::tempdir().unwrap();
    let speech = Speech::find(dir.path().to_owned());
    match speech.speak("en-US", "Thank you for calling.").await {
        Ok(wav) => assert!(wav.starts_with(b"RIFF") && 8_000 < wav.len()),
        Err(error) => assert!(matches!(error, SpeechError::EngineMissing { .. }), "{error}"),
    }
}

fn script(dir: &Path, body: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = dir.join("program");
    std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}
