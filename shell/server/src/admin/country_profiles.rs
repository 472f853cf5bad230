//! What holds in countries, as who runs the server says it.

use std::sync::Arc;

use phone::numbers::country_profile::built_in_file;
use phone::numbers::country_profile::read::ProfileFault;
use phone::numbers::{CountryProfile, CountryProfiles};
use phone::people::license::PartNumber;
use store::{CountryFile, Expected, Shadowed, Version};

use super::refused::Fault;
use super::{Caller, Permission, Refused};

/// The version of a country whose file comes with the program.
const UNCHANGED: Version = 0;

/// What holds in a country, and whose word that is.
pub struct KnownCountry {
    pub profile: Arc<CountryProfile>,
    /// Plans of which seats are sold there.
    pub plans: Vec<PartNumber>,
    /// Its file, if anybody wrote one.
    pub file: Option<String>,
    pub is_built_in: bool,
    pub is_loaded: bool,
    pub version: Version,
}

/// A file to be loaded.
pub struct Delivery<'a> {
    pub country: &'a str,
    pub file: &'a [u8],
    pub expected: Expected,
    /// Only say what would be done.
    pub dry_run: bool,
}

impl Caller {
    /// What holds in each country, which everybody sees.
    pub async fn country_profiles(&self) -> Result<CountryProfiles, Refused> {
        Ok(self.store().country_profiles().await?)
    }

    /// The countries of which anything is said, by code.
    pub async fn countries(&self) -> Result<Vec<KnownCountry>, Refused> {
        let profiles = self.country_profiles().await?.all();
        self.known(profiles).await
    }

    /// One country; of any with telephone numbers something holds.
    pub async fn country(&self, code: &str) -> Result<KnownCountry, Refused> {
        check_code(code)?;
        let found = self.known(vec![self.country_profiles().await?.of(code)]).await?;
        found.into_iter().next().ok_or(Refused::NotFound { what: "country" })
    }

    /// Loads a file in the place of what was said of its country before.
    pub async fn load_country(&self, delivery: Delivery<'_>) -> Result<KnownCountry, Refused> {
        self.begin_platform_change(Permission::Configure)?;
        let Delivery { country, file, expected, dry_run } = delivery;
        check_code(country)?;
        let text = str::from_utf8(file)
            .map_err(|_| Refused::field("file", "country_profile.not_utf8", "the file is not UTF-8"))?;
        let profile = CountryProfile::read(text).map_err(|faults| faulty(&faults))?;
        if profile.country != country {
            let words = format!("the file is about {}, and {country} is to be loaded", profile.country);
            return Err(Refused::field("country", "country_profile.other_country", words));
        }
        let mut tx = self.change().await?;
        if let Some(Shadowed { tenant, extension }) = tx.shadowed_by(country, &profile.emergency_numbers).await? {
            return Err(Refused::Conflict {
                code: "extension.emergency",
                detail: format!("{extension} is to reach emergency services and is an extension of {tenant}"),
                fix: Some("let the person have another extension first".to_owned()),
            });
        }
        if !dry_run {
            let file = CountryFile { country: country.to_owned(), file: text.to_owned() };
            let expected = if expected == Expected::Version(UNCHANGED) { Expected::Absent } else { expected };
            tx.save_country_file(&file, expected).await?;
            tx.commit().await?;
            self.admin.nudge.nudge();
            return self.country(country).await;
        }
        drop(tx);
        let found = self.known(vec![Arc::new(profile)]).await?;
        found.into_iter().next().ok_or(Refused::NotFound { what: "country" })
    }

    /// Goes back to what the program says of a country.
    pub async fn reset_country(&self, code: &str, expected: Expected) -> Result<(), Refused> {
        self.begin_platform_change(Permission::Configure)?;
        check_code(code)?;
        let mut tx = self.change().await?;
        let program = CountryProfile::built_in(code);
        if let Some(Shadowed { tenant, extension }) = tx.shadowed_by(code, &program.emergency_numbers).await? {
            return Err(Refused::Conflict {
                code: "extension.emergency",
                detail: format!("{extension} would reach emergency services and is an extension of {tenant}"),
                fix: Some("let the person have another extension first".to_owned()),
            });
        }
        tx.delete_country_file(code, expected).await?;
        tx.commit().await?;
        self.admin.nudge.nudge();
        Ok(())
    }

    async fn known(&self, profiles: Vec<Arc<CountryProfile>>) -> Result<Vec<KnownCountry>, Refused> {
        let (files, catalogue) = (self.store().country_files().await?, self.catalogue().await?);
        let known = profiles.into_iter().map(|profile| {
            let country = profile.country.as_str();
            let sold = catalogue
                .plans()
                .iter()
                .filter(|plan| plan.offer.is_open && (plan.countries.is_empty() || plan.countries.contains(country)));
            let (loaded, built_in) = (files.get(country), built_in_file(country));
            KnownCountry {
                plans: sold.map(|plan| plan.part_number.clone()).collect(),
                file: loaded.map(|it| it.value.file.clone()).or_else(|| built_in.map(str::to_owned)),
                is_built_in: built_in.is_some(),
                is_loaded: loaded.is_some(),
                version: loaded.map_or(UNCHANGED, |it| it.version),
                profile,
            }
        });
        Ok(known.collect())
    }
}

fn check_code(code: &str) -> Result<(), Refused> {
    let known = phone::numbers::Country::parse(code).filter(|country| country.code() == code);
    match known.and_then(phone::numbers::Country::calling_code) {
        Some(_) => Ok(()),
        None => Err(Refused::NotFound { what: "country" }),
    }
}

fn faulty(faults: &[ProfileFault]) -> Refused {
    let fault = |it: &ProfileFault| {
        let line = it.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        Fault {
            field: it.field.unwrap_or("file").to_owned(),
            code: it.code.to_owned(),
            message: format!("{line}{}; {}", it.message, it.fix),
        }
    };
    Refused::Invalid {
        code: "country_profile.faulty",
        detail: format!("{} faults are in the file; nothing was changed", faults.len()),
        faults: faults.iter().map(fault).collect(),
        fix: faults.first().map(|it| it.fix.clone()),
    }
}
