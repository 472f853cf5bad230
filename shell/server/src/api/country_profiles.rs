//! What holds in countries: for everybody to see, for who runs the server to change.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use phone::numbers::NumberKind;
use phone::numbers::country_profile::{AddressPart, LocationRequired};
use phone::numbers::port::PortKind;
use phone::numbers::port::document::DocumentKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{Params, Versioned, if_match};
use super::csv_file::SentTable;
use super::list::List;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::country_profiles::{Delivery, KnownCountry};
use crate::admin::{Caller, Refused};

/// What holds in a country.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CountryProfile {
    /// ISO 3166 alpha-2.
    pub id: String,
    pub name: String,
    /// Numbers that reach emergency services, those that test that among them.
    pub emergency_numbers: Vec<String>,
    /// Kinds of numbers that the stock gives there: service_toll, service_toll_free, user.
    pub number_kinds: Vec<String>,
    /// What an address needs beside a street and a city: house_number, position, postal_code, state_or_province.
    pub address_needs: Vec<String>,
    /// When a number of a calling plan needs an address: at_assignment or never.
    pub location_required: String,
    /// Kinds of numbers that carriers there let go: geographic, mobile, toll_free.
    pub port_kinds: Vec<String>,
    /// Papers that carriers ask for beside the letter that is signed here: bill, letter_of_authorization, other.
    pub port_documents: Vec<String>,
    /// Days from an order to the earliest day that can be asked for.
    pub port_lead_days: u32,
    /// Plans of which seats are sold there.
    pub plans: Vec<String>,
    /// Where what the file says is written.
    pub sources: Vec<String>,
    /// Whether the program says anything of it.
    pub built_in: bool,
    /// Whether a file was loaded for it.
    pub loaded: bool,
}

/// How a file is loaded.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LoadParams {
    /// Only say what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// List countries of which anything is said
#[utoipa::path(get, path = "/country-profiles", tag = "country-profiles",
    responses((status = 200, body = List<CountryProfile>), Refusals))]
pub async fn list(caller: Caller) -> Result<Json<List<CountryProfile>>, Problem> {
    Ok(List::whole(caller.countries().await?.into_iter().map(|known| CountryProfile::from(&known)).collect()))
}

/// Show what holds in a country: for who runs the server
#[utoipa::path(get, path = "/country-profiles/{country}", tag = "country-profiles",
    params(("country" = String, Path, description = "ISO 3166 alpha-2")),
    responses((status = 200, body = CountryProfile), Refusals))]
pub async fn show(caller: Caller, Path(country): Path<String>) -> Result<Versioned<CountryProfile>, Problem> {
    caller.begin_platform()?;
    let known = caller.country(&country).await?;
    Ok(Versioned { value: CountryProfile::from(&known), version: known.version })
}

/// Give the file of a country, to be changed and loaded: for who runs the server
#[utoipa::path(get, path = "/country-profiles/{country}/file", tag = "country-profiles",
    params(("country" = String, Path, description = "ISO 3166 alpha-2")),
    responses((status = 200, body = String, content_type = "text/plain"), Refusals))]
pub async fn file(caller: Caller, Path(country): Path<String>) -> Result<Response, Problem> {
    caller.begin_platform()?;
    let file = caller.country(&country).await?.file.ok_or(Refused::NotFound { what: "file of this country" })?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], file).into_response())
}

/// Load the file of a country: for who runs the server. It takes the place of what was said of the country before
#[utoipa::path(put, path = "/country-profiles/{country}", tag = "country-profiles",
    params(("country" = String, Path, description = "ISO 3166 alpha-2"), LoadParams,
        ("If-Match" = Option<String>, Header)),
    request_body(content = String, content_type = "text/plain"),
    responses((status = 200, body = CountryProfile), Refusals, WriteRefusals))]
pub async fn load(
    caller: Caller,
    Path(country): Path<String>,
    Params(params): Params<LoadParams>,
    headers: HeaderMap,
    SentTable(file): SentTable,
) -> Result<Versioned<CountryProfile>, Problem> {
    caller.begin_platform()?;
    let expected = if_match(&headers)?;
    let delivery = Delivery { country: &country, file: &file, expected, dry_run: params.dry_run };
    let known = caller.load_country(delivery).await?;
    Ok(Versioned { value: CountryProfile::from(&known), version: known.version })
}

/// Go back to what the program says of a country: for who runs the server
#[utoipa::path(delete, path = "/country-profiles/{country}", tag = "country-profiles",
    params(("country" = String, Path, description = "ISO 3166 alpha-2"), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn reset(caller: Caller, Path(country): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.begin_platform()?;
    caller.reset_country(&country, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<&KnownCountry> for CountryProfile {
    fn from(known: &KnownCountry) -> Self {
        let profile = &known.profile;
        Self {
            id: profile.country.clone(),
            name: profile.name.clone(),
            emergency_numbers: profile.emergency_numbers.clone(),
            number_kinds: words(&profile.number_kinds, NumberKind::as_str),
            address_needs: words(&profile.address.needs, AddressPart::as_str),
            location_required: LocationRequired::as_str(profile.location_required).to_owned(),
            port_kinds: words(&profile.port.kinds, PortKind::as_str),
            port_documents: words(&profile.port.documents, DocumentKind::as_str),
            port_lead_days: profile.port.lead_days,
            plans: known.plans.iter().map(|plan| plan.0.clone()).collect(),
            sources: profile.sources.clone(),
            built_in: known.is_built_in,
            loaded: known.is_loaded,
        }
    }
}

fn words<'a, T: Copy + 'a>(all: impl IntoIterator<Item = &'a T>, word: impl Fn(T) -> &'static str) -> Vec<String> {
    all.into_iter().map(|one| word(*one).to_owned()).collect()
}
