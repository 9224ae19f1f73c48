// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/SalesforceErrors.h"

#include <algorithm>

namespace tw::salesforce {

namespace {

struct Entry
{
    std::string_view code;
    ErrorClass what;
};

using enum ErrorClass;

/// Sorted by name. Names are published enumerations (StatusCode and ExceptionCode of the Partner
/// WSDL and of the REST layer).
constexpr Entry kCodes[] = {
    {"ALL_OR_NONE_OPERATION_ROLLED_BACK", RetryOthersFirst},
    {"ALREADY_IN_PROCESS", RetrySoon},
    {"APEX_TRIGGER_COUPLING_LIMIT", OrgCode},
    {"API_CURRENTLY_DISABLED", FixAccess},
    {"API_DISABLED_FOR_ORG", FixAccess},
    {"BATCH_PROCESSING_HALTED", RetryOthersFirst},
    {"CANNOT_EXECUTE_FLOW_TRIGGER", OrgCode},
    {"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", OrgCode},
    {"CLIENT_NOT_ACCESSIBLE_FOR_USER", FixAccess},
    {"COLLISION_DETECTED", RetrySoon},
    {"CUSTOM_APEX_ERROR", OrgCode},
    {"DELETE_FAILED", Gone},
    {"DUPLICATES_DETECTED", Duplicate},
    {"DUPLICATE_ARGUMENT_VALUE", FixData},
    {"DUPLICATE_EXTERNAL_ID", FixData},
    {"DUPLICATE_VALUE", Duplicate},
    {"ENTITY_IS_ARCHIVED", Gone},
    {"ENTITY_IS_DELETED", Gone},
    {"ENTITY_IS_LOCKED", Gone},
    {"ENTITY_NOT_QUERYABLE", FixFlow},
    {"EXCEEDED_ID_LIMIT", FixFlow},
    {"EXCEEDED_MAX_SIZE_REQUEST", FixFlow},
    {"EXCEEDED_QUOTA", WaitLong},
    {"FIELD_CUSTOM_VALIDATION_EXCEPTION", FixData},
    {"FIELD_FILTER_VALIDATION_EXCEPTION", FixData},
    {"FIELD_INTEGRITY_EXCEPTION", FixData},
    {"FIELD_NOT_UPDATABLE", FixFlow},
    {"FLOW_EXCEPTION", OrgCode},
    {"FUNCTIONALITY_NOT_ENABLED", FixAccess},
    {"FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", RetrySoon},
    {"INACTIVE_OWNER_OR_USER", FixData},
    {"INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", WaitLong},
    {"INSUFFICIENT_ACCESS", RecordAccess},
    {"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", RecordAccess},
    {"INSUFFICIENT_ACCESS_OR_READONLY", RecordAccess},
    {"INTERNAL_ERROR", RetrySoon},
    {"INVALID_API_INPUT", FixFlow},
    {"INVALID_AUTH_HEADER", RefreshSession},
    {"INVALID_BATCH_REQUEST", FixFlow},
    {"INVALID_BATCH_SIZE", FixFlow},
    {"INVALID_CROSS_REFERENCE_KEY", FixData},
    {"INVALID_CROSS_REFERENCE_TYPE_FOR_FIELD", FixData},
    {"INVALID_CURRENCY_ISO", FixData},
    {"INVALID_DATE_FORMAT", FixData},
    {"INVALID_EMAIL_ADDRESS", FixData},
    {"INVALID_ENTITY_FOR_UPSERT", FixFlow},
    {"INVALID_FIELD", FixFlow},
    {"INVALID_FIELD_FOR_INSERT_UPDATE", FixFlow},
    {"INVALID_ID_FIELD", FixFlow},
    {"INVALID_INPUT", FixFlow},
    {"INVALID_LOGIN", FixAccess},
    {"INVALID_OPERATION", FixFlow},
    {"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", FixData},
    {"INVALID_OWNER", FixData},
    {"INVALID_PERSON_ACCOUNT_OPERATION", FixData},
    {"INVALID_QUERY_FILTER_OPERATOR", FixFlow},
    {"INVALID_QUERY_LOCATOR", FixFlow},
    {"INVALID_SESSION_ID", RefreshSession},
    {"INVALID_STATUS", FixData},
    {"INVALID_TYPE", FixFlow},
    {"INVALID_TYPE_ON_FIELD_IN_RECORD", FixData},
    {"IP_RANGE_LIMIT_EXCEEDED", FixAccess},
    {"JSON_PARSER_ERROR", FixData},
    {"LICENSE_LIMIT_EXCEEDED", FixAccess},
    {"LIMIT_EXCEEDED", WaitLong},
    {"LOGIN_DURING_RESTRICTED_DOMAIN", FixAccess},
    {"LOGIN_DURING_RESTRICTED_TIME", FixAccess},
    {"LOGIN_MUST_USE_SECURITY_TOKEN", FixAccess},
    {"MALFORMED_ID", FixData},
    {"MALFORMED_QUERY", FixFlow},
    {"MALFORMED_SEARCH", FixFlow},
    {"MATCH_SERVICE_TIMED_OUT", RetrySoon},
    {"MATCH_SERVICE_UNAVAILABLE_ERROR", RetrySoon},
    {"MAX_DEPTH_IN_FLOW_EXECUTION", OrgCode},
    {"MAX_LIMIT_EXCEEDED", WaitLong},
    {"METHOD_NOT_ALLOWED", FixFlow},
    {"MISSING_ARGUMENT", FixData},
    {"MISSING_RECORD", Gone},
    {"MIXED_DML_OPERATION", FixFlow},
    {"MULTIPLE_RECORDS_FOUND", Duplicate},
    {"NOT_FOUND", FixFlow},
    {"NUMBER_OUTSIDE_VALID_RANGE", FixData},
    {"ORG_IN_MAINTENANCE", WaitLong},
    {"ORG_LOCKED", FixAccess},
    {"PASSWORD_LOCKOUT", FixAccess},
    {"PAYLOAD_SIZE_EXCEEDED", FixData},
    {"PLATFORM_EVENT_PUBLISHING_UNAVAILABLE", RetrySoon},
    {"PLATFORM_EVENT_PUBLISH_FAILED", RetrySoon},
    {"PROCESSING_HALTED", RetryOthersFirst},
    {"QUERY_TIMEOUT", RetrySoon},
    {"QUERY_TOO_COMPLICATED", FixFlow},
    {"RECORD_IN_USE_BY_WORKFLOW", Gone},
    {"RECORD_NOT_FOUND", Gone},
    {"RELATED_ENTITY_FILTER_VALIDATION_EXCEPTION", FixData},
    {"REQUEST_LIMIT_EXCEEDED", WaitLong},
    {"REQUEST_RUNNING_TOO_LONG", RetrySoon},
    {"REQUIRED_FIELD_MISSING", FixData},
    {"SELF_REFERENCE_FROM_TRIGGER", OrgCode},
    {"SERVER_UNAVAILABLE", RetrySoon},
    {"STANDARD_PRICE_NOT_DEFINED", FixData},
    {"STORAGE_LIMIT_EXCEEDED", WaitLong},
    {"STRING_TOO_LONG", FixData},
    {"TERRITORY_REALIGN_IN_PROGRESS", RetrySoon},
    {"TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET", FixData},
    {"TOO_MANY_APEX_REQUESTS", RetrySoon},
    {"TOO_MANY_ENUM_VALUE", FixData},
    {"TOO_MANY_JOBS", WaitLong},
    {"TRANSFER_REQUIRES_READ", RecordAccess},
    {"TRIAL_EXPIRED", FixAccess},
    {"UNABLE_TO_LOCK_ROW", RetrySoon},
    {"UNAVAILABLE_RECORDTYPE_EXCEPTION", FixData},
    {"UNKNOWN_EXCEPTION", RetrySoon},
    {"UNSUPPORTED_API_VERSION", FixFlow},
    {"UNSUPPORTED_MEDIA_TYPE", FixFlow},
};

} // namespace

std::optional<ErrorClass> errorClass(std::string_view code)
{
    const auto *found = std::lower_bound(
        std::begin(kCodes), std::end(kCodes), code,
        [](const Entry &entry, std::string_view name) { return entry.code < name; });
    if (found == std::end(kCodes) || found->code != code)
        return std::nullopt;
    return found->what;
}

} // namespace tw::salesforce
