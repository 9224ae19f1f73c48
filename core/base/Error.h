// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tw {

/// What a failure makes the caller do. The engine decides by this alone, never by a message.
enum class ErrorKind {
    Config,    ///< Show at design time, do not start.
    Auth,      ///< Pause the connection until someone signs in again.
    Transient, ///< Back off and try again.
    Rejected,  ///< The other side refused this record: take the error path, never repeat.
    Cancelled, ///< Nobody waits for the answer any more.
    Internal,  ///< Our own bug: full log, dead letter.
};

/// What a Transient failure is about, as far as the other side said; retry policies tell them apart.
enum class ErrorCause {
    Other,
    RateLimit, ///< Too many calls: the record is fine and was not looked at.
    Lock,      ///< Somebody else holds the record: soon over.
};

std::string_view toString(ErrorKind kind);
std::optional<ErrorKind> errorKindFromString(std::string_view text);

/// A failure as a value.
///
/// `code` is stable and public (`area.reason`). `message` is a sentence for the person who drew the
/// flow: what happened, to what, what to do next. It never holds a secret or a payload.
struct Error
{
    ErrorKind kind = ErrorKind::Internal;
    ErrorCause cause = ErrorCause::Other; ///< While it happens; the journal does not keep it.
    std::string code;
    std::string message;
    std::string where;    ///< Step, file:line:column, URL host: grows on the way out, outermost first.
    std::string evidence; ///< What the other side answered, cut to 4 KiB; shown with the failure.
    std::optional<std::chrono::milliseconds> retryAfter; ///< The wait that the peer asked for.
    /// The peer may have acted all the same: repeat only what is safe to do twice.
    bool outcomeUnknown = false;

    Error &&at(std::string_view place) &&; ///< Prepends `place` to `where`.
    std::string text() const;              ///< "where: message [code]" for logs and terminals.
};

Error configError(std::string code, std::string message);
Error authError(std::string code, std::string message);
Error transientError(std::string code, std::string message);
Error rejectedError(std::string code, std::string message);
Error cancelledError(std::string code, std::string message);
Error internalError(std::string code, std::string message);

} // namespace tw
