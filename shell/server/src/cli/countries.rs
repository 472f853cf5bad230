//! What holds in countries, for who runs the server to change by files.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use phone::numbers::CountryProfile;

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum CountryCommand {
    /// List the countries of which anything is said.
    List,
    /// Show what holds in a country.
    Show {
        /// Such as DE.
        country: String,
    },
    /// Print the file of a country, to be changed and loaded.
    File {
        /// Such as DE.
        country: String,
    },
    /// Load files of countries, or all of a folder: none of them if there is a fault in one.
    Load(Load),
    /// Go back to what the program says of a country.
    Reset {
        /// Such as DE.
        country: String,
    },
}

#[derive(Debug, Args)]
pub struct Load {
    /// Files, or folders with files that end in .toml.
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Only say what is wrong with them.
    #[arg(long)]
    dry_run: bool,
}

const COUNTRY: &[Column] = &[
    ("Country", "/id"),
    ("Name", "/name"),
    ("Emergency", "/emergency_numbers"),
    ("Numbers", "/number_kinds"),
    ("Ports", "/port_kinds"),
    ("Papers", "/port_documents"),
    ("Loaded", "/loaded"),
];
const ONE: &[Column] = &[
    ("Country", "/id"),
    ("Name", "/name"),
    ("Emergency numbers", "/emergency_numbers"),
    ("Kinds of numbers", "/number_kinds"),
    ("Addresses need", "/address_needs"),
    ("Location required", "/location_required"),
    ("Carriers let go", "/port_kinds"),
    ("Carriers ask for", "/port_documents"),
    ("Days that it takes", "/port_lead_days"),
    ("Plans", "/plans"),
    ("Sources", "/sources"),
    ("Comes with the program", "/built_in"),
    ("Loaded", "/loaded"),
];

pub(super) async fn carry_out(client: &Client, command: &CountryCommand) -> Result<Shown, ClientError> {
    let path = |country: &str| format!("/country-profiles/{}", country.to_ascii_uppercase());
    match command {
        CountryCommand::List => Ok(Shown::Items(COUNTRY, client.list("/country-profiles", &[], usize::MAX).await?)),
        CountryCommand::Show { country } => Ok(Shown::Object(ONE, client.get(&path(country)).await?, &[])),
        CountryCommand::File { country } => Ok(Shown::File(client.text(&format!("{}/file", path(country))).await?)),
        CountryCommand::Load(wanted) => load(client, wanted).await,
        CountryCommand::Reset { country } => {
            client.delete(&path(country)).await?;
            Ok(Shown::Words(format!("{} is as the program says again.", country.to_ascii_uppercase())))
        }
    }
}

async fn load(client: &Client, wanted: &Load) -> Result<Shown, ClientError> {
    let (read, faults) = read(&wanted.paths)?;
    if !faults.is_empty() {
        let words = format!("{}\nnothing was loaded", faults.join("\n"));
        return Ok(Shown::Failed(Box::new(Shown::Words(words))));
    }
    let query = [("dry_run", wanted.dry_run.to_string())];
    let mut loaded = Vec::with_capacity(read.len());
    for (country, file) in read {
        let path = format!("/country-profiles/{country}");
        loaded.push(client.replace_file(&path, &query, "text/plain; charset=utf-8", file.into_bytes()).await?);
    }
    Ok(Shown::Items(COUNTRY, loaded))
}

/// A file with the country that it is about.
type Read = (String, String);

/// Reads files, and those of folders; with what is wrong, by file and line.
pub fn read(paths: &[PathBuf]) -> Result<(Vec<Read>, Vec<String>), ClientError> {
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    for path in paths {
        for file in files(path)? {
            let shown = file.display().to_string();
            let unreadable = |source| ClientError::Unreadable { path: file.clone(), source };
            let text = std::fs::read_to_string(&file).map_err(unreadable)?;
            match CountryProfile::read(&text) {
                Ok(profile) if read.iter().any(|(country, _)| *country == profile.country) => {
                    faults.push(format!(
                        "{shown}: {} is in another file as well; leave one of them out",
                        profile.country
                    ));
                }
                Ok(profile) => read.push((profile.country, text)),
                Err(found) => faults.extend(found.iter().map(|fault| fault.words(&shown))),
            }
        }
    }
    Ok((read, faults))
}

fn files(path: &Path) -> Result<Vec<PathBuf>, ClientError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |source| ClientError::Unreadable { path: path.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
