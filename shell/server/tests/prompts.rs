use jiff::Timestamp;
use phone::Directory;
use phone::directory::change::{Touched, TouchedTenant};
use server::demo;
use server::error::chain;
use server::passwords::{Cost, Passwords};
use server::prompts::*;
use server::speech::{Speech, SpeechError};
use store::{Open, Store};

#[tokio::test]
async fn a_text_is_spoken_once_and_kept_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let prompts = Prompts::open(dir.path().to_owned()).unwrap();
    let (key, prompt) = match prompts.text("en-US", "Thank you for calling.").await {
        Ok(rendered) => rendered,
        Err(PromptError::Speech(SpeechError::EngineMissing { .. })) => return,
        Err(error) => panic!("{}", chain(&error)),
    };
    assert!((500..5_000).contains(&prompt.duration_ms()), "{} ms", prompt.duration_ms());
    let mute = Speech::with(None, None, dir.path().to_owned());
    let later = Prompts::with_speech(dir.path().to_owned(), mute);
    let (same_key, kept) = later.text("en-us", "Thank you for calling.").await.unwrap();
    assert_eq!((same_key, kept.id()), (key, prompt.id()));
    let other = later.text("en-US", "Something else.").await;
    assert!(matches!(other, Err(PromptError::Speech(SpeechError::EngineMissing { .. }))));
}

#[tokio::test]
async fn a_damaged_prompt_file_is_rendered_again() {
    let dir = tempfile::tempdir().unwrap();
    let prompts = Prompts::open(dir.path().to_owned()).unwrap();
    let key = key_of_text("en-US", "Hello.");
    std::fs::write(prompts.path(key), b"damaged").unwrap();
    match prompts.text("en-US", "Hello.").await {
        Ok((same, prompt)) => assert_eq!((same, 0 < prompt.n_frames()), (key, true)),
        Err(error) => assert!(matches!(error, PromptError::Speech(SpeechError::EngineMissing { .. })), "{error}"),
    }
}

#[tokio::test]
async fn what_cannot_be_spoken_is_silence_and_the_music_plays() {
    let dir = tempfile::tempdir().unwrap();
    let mute = Speech::with(None, None, dir.path().to_owned());
    let prompts = Prompts::with_speech(dir.path().to_owned(), mute);
    let library = prompts.library(&Directory::default()).await;
    let said = library.system.values().next().unwrap();
    assert_eq!((said.duration_ms(), library.hold_music.is_some()), (1_000, false));
    let before = prompts.generation();
    prompts.prepare_music().await;
    assert_ne!(prompts.generation(), before);
    let library = prompts.library(&Directory::default()).await;
    assert!(10_000 < library.hold_music.unwrap().duration_ms());
}

#[tokio::test]
async fn other_formats_go_through_ffmpeg_where_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let prompts = Prompts::open(dir.path().to_owned()).unwrap();
    let Some(ffmpeg) = server::speech::find_program("ffmpeg") else {
        let refused = prompts.add_file(b"fLaC no flac".to_vec()).await;
        assert!(matches!(refused, Err(PromptError::Undecodable { needs_ffmpeg: true, .. })));
        return;
    };
    let flac = dir.path().join("tone.flac");
    let tone = ["-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=2"];
    let made = std::process::Command::new(ffmpeg).args(tone).arg(&flac).status().unwrap();
    assert!(made.success());
    let (_, prompt) = prompts.add_file(std::fs::read(&flac).unwrap()).await.unwrap();
    assert!((1_900..2_100).contains(&prompt.duration_ms()), "{} ms", prompt.duration_ms());
    let list = format!("#EXTM3U\n#EXTINF:2\nfile://{}\n#EXT-X-ENDLIST\n", flac.display());
    let refused = prompts.add_file(list.into_bytes()).await;
    assert!(matches!(refused, Err(PromptError::Undecodable { .. })));
}

#[tokio::test]
async fn names_of_who_is_new_are_missed_if_callers_can_find_them() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("trunkline.db").display());
    let store = Store::open(&Open { url, key_file: dir.path().join("secrets.key") }).await.unwrap();
    demo::seed(&store, demo::Secrets::default(), &Passwords::new(Cost::CHEAPEST), Timestamp::now()).await.unwrap();
    let directory = store.load_directory().await.unwrap();
    let (tenant, demo) = directory.tenants().iter().next().unwrap();
    let touched = |extension: &str| {
        let users = [demo.user_by_extension(extension).unwrap().id].into();
        Touched::Tenants([(*tenant, TouchedTenant::Parts { apps: false, users })].into())
    };
    let mute = Speech::with(None, None, dir.path().to_owned());
    let prompts = Prompts::with_speech(dir.path().to_owned(), mute);
    let mut library = prompts.library(&Directory::default()).await;
    prompts.miss_names(&directory, &touched("104"), &library);
    assert!(!prompts.has_missing_names(), "Dan has no license: callers don't find him");
    let known = ("en-US".to_owned(), "Bob Brown".to_owned());
    library.names.insert(known.clone(), library.system.values().next().unwrap().clone());
    prompts.miss_names(&directory, &touched("102"), &library);
    assert!(!prompts.has_missing_names(), "Bob's name is there");
    library.names.remove(&known);
    prompts.miss_names(&directory, &touched("102"), &library);
    assert!(prompts.has_missing_names());
}
