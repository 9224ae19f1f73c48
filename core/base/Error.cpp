// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Error.h"

#include <array>
#include <utility>

namespace tw {
namespace {

constexpr std::array<std::pair<ErrorKind, std::string_view>, 6> kKinds{{
    {ErrorKind::Config, "config"},
    {ErrorKind::Auth, "auth"},
    {ErrorKind::Transient, "transient"},
    {ErrorKind::Rejected, "rejected"},
    {ErrorKind::Cancelled, "cancelled"},
    {ErrorKind::Internal, "internal"},
}};

Error make(ErrorKind kind, std::string code, std::string message)
{
    Error error;
    error.kind = kind;
    error.code = std::move(code);
    error.message = std::move(message);
    return error;
}

} // namespace

std::string_view toString(ErrorKind kind)
{
    return kKinds[static_cast<size_t>(kind)].second;
}

std::optional<ErrorKind> errorKindFromString(std::string_view text)
{
    for (const auto &[kind, name] : kKinds) {
        if (name == text)
            return kind;
    }
    return std::nullopt;
}

Error &&Error::at(std::string_view place) &&
{
    where = where.empty() ? std::string(place) : std::string(place) + ": " + where;
    return std::move(*this);
}

std::string Error::text() const
{
    std::string out = where.empty() ? message : where + ": " + message;
    if (!code.empty())
        out += " [" + code + "]";
    return out;
}

Error configError(std::string code, std::string message)
{
    return make(ErrorKind::Config, std::move(code), std::move(message));
}

Error authError(std::string code, std::string message)
{
    return make(ErrorKind::Auth, std::move(code), std::move(message));
}

Error transientError(std::string code, std::string message)
{
    return make(ErrorKind::Transient, std::move(code), std::move(message));
}

Error rejectedError(std::string code, std::string message)
{
    return make(ErrorKind::Rejected, std::move(code), std::move(message));
}

Error cancelledError(std::string code, std::string message)
{
    return make(ErrorKind::Cancelled, std::move(code), std::move(message));
}

Error internalError(std::string code, std::string message)
{
    return make(ErrorKind::Internal, std::move(code), std::move(message));
}

} // namespace tw
