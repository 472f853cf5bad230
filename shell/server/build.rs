//! Puts the pages of the admin center into the program: what is in `web/dist`, if it was built, plain and packed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const PAGES: &str = "../../web/dist";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={PAGES}");
    let pages =
        Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join(PAGES).canonicalize().unwrap_or_default();
    let mut files = Vec::new();
    find(&pages, &mut files)?;
    files.sort();
    let mut table = String::from("&[\n");
    for file in files.iter().filter(|file| !is_packed(file)) {
        let Some(name) = file.strip_prefix(&pages).ok().and_then(Path::to_str) else { continue };
        let packed = |ending: &str| match with_ending(file, ending) {
            packed if packed.exists() => format!("Some(include_bytes!({packed:?}))"),
            _ => "None".to_owned(),
        };
        let (brotli, gzip) = (packed("br"), packed("gz"));
        let line =
            format!("File {{ name: {name:?}, plain: include_bytes!({file:?}), brotli: {brotli}, gzip: {gzip} }},");
        writeln!(table, "    {line}").map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("pages.rs"), table)
}

/// All files below a folder but hidden ones; none if the folder is not there.
fn find(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if entry.file_type()?.is_dir() {
            find(&entry.path(), files)?;
        } else if !is_hidden {
            files.push(entry.path().canonicalize()?);
        }
    }
    Ok(())
}

fn is_packed(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == "br" || ending == "gz")
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}
