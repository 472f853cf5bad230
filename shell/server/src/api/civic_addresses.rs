//! Civic addresses: where numbers are used, as emergency services are told.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::id::CivicAddressId;
use phone::numbers::civic_address::{CivicAddress as PhoneAddress, Position, Street};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, present, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "name";

/// An address where numbers are used, down to the floor or the office if that is said.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CivicAddress {
    pub id: Uuid,
    pub name: String,
    #[serde(flatten)]
    pub parts: CivicAddressParts,
    /// Numbers are used at validated addresses only.
    pub validation_status: ValidationStatus,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub validated_at: Option<Timestamp>,
    /// Who vouched for it, as the audit writes it.
    pub validated_by: Option<String>,
    /// All of it in one line.
    pub line: String,
}

/// Whether somebody vouched for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValidationStatus {
    NotValidated,
    Validated,
}

/// What an address consists of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CivicAddressParts {
    /// Who is found there.
    pub company_name: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    pub house_number: Option<String>,
    pub house_number_suffix: Option<String>,
    /// `N`, before the name of the street.
    pub pre_directional: Option<String>,
    pub street_name: Option<String>,
    /// `Street`
    pub street_suffix: Option<String>,
    pub post_directional: Option<String>,
    pub city: Option<String>,
    /// In the United States and Canada its two letters.
    pub state_or_province: Option<String>,
    pub postal_code: Option<String>,
    /// Floor, wing or office.
    pub place: Option<String>,
    /// In degrees; with `longitude`.
    pub latitude: Option<f64>,
    /// In degrees; with `latitude`.
    pub longitude: Option<f64>,
    /// For the organization alone.
    pub description: Option<String>,
}

/// An address to be made. It may be completed later, before it is validated.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Boston, floor 7", "company_name": "Example Inc.", "country": "US", "house_number": "100",
    "street_name": "Summer", "street_suffix": "Street", "city": "Boston", "state_or_province": "MA",
    "postal_code": "02110", "place": "floor 7", "latitude": 42.35361, "longitude": -71.05738
}))]
pub struct NewCivicAddress {
    /// What it is found by.
    pub name: String,
    pub company_name: String,
    pub country: String,
    pub house_number: Option<String>,
    pub house_number_suffix: Option<String>,
    pub pre_directional: Option<String>,
    pub street_name: Option<String>,
    pub street_suffix: Option<String>,
    pub post_directional: Option<String>,
    pub city: Option<String>,
    /// In the United States and Canada its two letters.
    pub state_or_province: Option<String>,
    pub postal_code: Option<String>,
    /// Floor, wing or office.
    pub place: Option<String>,
    /// With `longitude`.
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub description: Option<String>,
}

/// What is to change. What is absent stays; null clears. Whoever moves an address has to validate it again, and one at
/// which numbers are used stays where it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "description": "by the river" }))]
pub struct CivicAddressChange {
    pub name: Option<String>,
    pub company_name: Option<String>,
    pub country: Option<String>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub house_number: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub house_number_suffix: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub pre_directional: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub street_name: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub street_suffix: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub post_directional: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub city: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub state_or_province: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub postal_code: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub place: Option<Option<String>>,
    /// With `longitude`.
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
}

/// The address where a number is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CivicAddressName {
    pub id: Uuid,
    pub name: Option<String>,
}

/// List civic addresses
#[utoipa::path(get, path = "/tenants/{tenant}/civic-addresses", tag = "sites",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<CivicAddress>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<CivicAddress>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let page = access.store().documents::<PhoneAddress>(access.tenant(), &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|address| CivicAddress::from(address.value)), SORT))
}

/// Show a civic address
#[utoipa::path(get, path = "/tenants/{tenant}/civic-addresses/{address}", tag = "sites",
    params(("tenant" = String, Path), ("address" = String, Path, description = "Id or name")),
    responses((status = 200, body = CivicAddress), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, address)): Path<(String, String)>,
) -> Result<Versioned<CivicAddress>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, &address).await
}

/// Make a civic address
#[utoipa::path(post, path = "/tenants/{tenant}/civic-addresses", tag = "sites", params(("tenant" = String, Path)),
    request_body = NewCivicAddress, responses((status = 201, body = CivicAddress), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewCivicAddress>,
) -> Result<Created<CivicAddress>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let address = wanted.read(CivicAddressId(Uuid::now_v7()))?;
    let version = access.create_civic_address(&address).await?;
    let location = format!("/tenants/{}/civic-addresses/{}", access.tenant(), address.id);
    Ok(Created { value: address.into(), version, location })
}

/// Change a civic address
#[utoipa::path(patch, path = "/tenants/{tenant}/civic-addresses/{address}", tag = "sites",
    params(("tenant" = String, Path), ("address" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    request_body = CivicAddressChange, responses((status = 200, body = CivicAddress), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, address)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<CivicAddressChange>,
) -> Result<Versioned<CivicAddress>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhoneAddress>(&address).await?.value.id;
    let position = position(wanted.latitude, wanted.longitude)?;
    access.change_civic_address(id, if_match(&headers)?, |address| wanted.apply(position, address)).await?;
    show_one(&access, &id.to_string()).await
}

/// Vouch for a civic address, if it is complete: numbers may be used there from then on
#[utoipa::path(post, path = "/tenants/{tenant}/civic-addresses/{address}/validate", tag = "sites",
    params(("tenant" = String, Path), ("address" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = CivicAddress), Refusals, WriteRefusals))]
pub async fn validate(
    caller: Caller,
    Path((tenant, address)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Versioned<CivicAddress>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhoneAddress>(&address).await?.value.id;
    access.validate_civic_address(id, if_match(&headers)?).await?;
    show_one(&access, &id.to_string()).await
}

/// Delete a civic address at which no number is used
#[utoipa::path(delete, path = "/tenants/{tenant}/civic-addresses/{address}", tag = "sites",
    params(("tenant" = String, Path), ("address" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, address)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhoneAddress>(&address).await?.value.id;
    access.delete_civic_address(id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An address that is named in a change: null clears, a text is an id or a name.
pub async fn wanted(
    access: &Access,
    address: Option<Option<String>>,
) -> Result<Option<Option<CivicAddressId>>, Problem> {
    Ok(match address {
        Some(Some(name)) => Some(Some(access.civic_address_for(&name).await?)),
        Some(None) => Some(None),
        None => None,
    })
}

async fn show_one(access: &Access, address: &str) -> Result<Versioned<CivicAddress>, Problem> {
    let found = access.routed::<PhoneAddress>(address).await?;
    Ok(Versioned { value: found.value.into(), version: found.version })
}

/// A point on the globe, if both degrees are said; one alone is none.
fn position(latitude: Option<f64>, longitude: Option<f64>) -> Result<Option<Position>, Refused> {
    let malformed = || {
        let words = "latitude is -90 to 90 and longitude -180 to 180 degrees, both or neither";
        Refused::field("latitude", "civic_address.position_malformed", words)
    };
    match (latitude, longitude) {
        (Some(latitude), Some(longitude)) => Position::of(latitude, longitude).map(Some).ok_or_else(malformed),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(malformed()),
    }
}

impl NewCivicAddress {
    fn read(self, id: CivicAddressId) -> Result<PhoneAddress, Refused> {
        Ok(PhoneAddress {
            id,
            name: self.name.trim().to_owned(),
            position: position(self.latitude, self.longitude)?,
            company_name: self.company_name,
            country: self.country,
            street: Street {
                house_number: self.house_number,
                house_number_suffix: self.house_number_suffix,
                pre_directional: self.pre_directional,
                name: self.street_name,
                suffix: self.street_suffix,
                post_directional: self.post_directional,
            },
            city: self.city,
            state_or_province: self.state_or_province,
            postal_code: self.postal_code,
            place: self.place,
            description: self.description,
            validated: None,
        })
    }
}

impl CivicAddressChange {
    fn apply(self, position: Option<Position>, address: &mut PhoneAddress) {
        set(self.name.map(|name| name.trim().to_owned()), &mut address.name);
        set(self.company_name, &mut address.company_name);
        set(self.country, &mut address.country);
        set(self.house_number, &mut address.street.house_number);
        set(self.house_number_suffix, &mut address.street.house_number_suffix);
        set(self.pre_directional, &mut address.street.pre_directional);
        set(self.street_name, &mut address.street.name);
        set(self.street_suffix, &mut address.street.suffix);
        set(self.post_directional, &mut address.street.post_directional);
        set(self.city, &mut address.city);
        set(self.state_or_province, &mut address.state_or_province);
        set(self.postal_code, &mut address.postal_code);
        set(self.place, &mut address.place);
        set(self.description, &mut address.description);
        set(position.map(Some), &mut address.position);
    }
}

impl From<PhoneAddress> for CivicAddress {
    fn from(address: PhoneAddress) -> Self {
        let line = address.line();
        let (validated_at, validated_by) = address.validated.map(|it| (it.at, it.by)).unzip();
        let (latitude, longitude) = address.position.map(Position::degrees).unzip();
        Self {
            id: address.id.0,
            name: address.name,
            validation_status: match validated_at {
                Some(_) => ValidationStatus::Validated,
                None => ValidationStatus::NotValidated,
            },
            validated_at,
            validated_by,
            line,
            parts: CivicAddressParts {
                company_name: address.company_name,
                country: address.country,
                house_number: address.street.house_number,
                house_number_suffix: address.street.house_number_suffix,
                pre_directional: address.street.pre_directional,
                street_name: address.street.name,
                street_suffix: address.street.suffix,
                post_directional: address.street.post_directional,
                city: address.city,
                state_or_province: address.state_or_province,
                postal_code: address.postal_code,
                place: address.place,
                latitude,
                longitude,
                description: address.description,
            },
        }
    }
}
