// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpFailure.h"

namespace tw {

namespace {

Error timedOut(const HttpFailure &failure)
{
    const std::string span = std::to_string(failure.timeout.count()) + " ms";
    if (!failure.wasSent) {
        return transientError("net.connect",
                              "No connection to " + failure.host +
                                  " in time. It will be tried again; check the address and the "
                                  "network if this goes on.");
    }
    Error error = transientError("net.timeout", failure.host + " did not answer within " + span +
                                                    ". What it did with the request is not known.");
    error.outcomeUnknown = true;
    return error;
}

Error broken(const HttpFailure &failure, std::string code, const std::string &what)
{
    if (!failure.wasSent) {
        return transientError("net.connect",
                              "No connection to " + failure.host + ": " + failure.detail + ".");
    }
    Error error =
        transientError(std::move(code),
                       failure.host + " " + what + ". What it did with the request is not known.");
    error.outcomeUnknown = true;
    return error;
}

Error tooLarge(const HttpFailure &failure)
{
    Error error =
        rejectedError("net.answer_too_large", "The answer of " + failure.host + " is larger than " +
                                                  std::to_string(failure.maxBytes) +
                                                  " bytes. Ask for less, or raise the limit.");
    error.outcomeUnknown = true;
    return error;
}

Error classify(const HttpFailure &failure)
{
    switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return transientError("net.dns", "The name " + failure.host +
                                             " was not found. Check the spelling and the network.");
    case CURLE_OPERATION_TIMEDOUT:
        return timedOut(failure);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return configError("net.tls", "The certificate of " + failure.host +
                                          " is not trusted: " + failure.detail +
                                          ". Check the address, or add its authority.");
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        if (!failure.wasSent) {
            return configError("net.bad_url", "The URL for " + failure.host +
                                                  " cannot be used: " + failure.detail);
        }
        return broken(failure, "net.bad_answer", "did not answer in HTTP");
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return broken(failure, "net.bad_answer", "did not answer in HTTP");
    case CURLE_TOO_MANY_REDIRECTS:
        return rejectedError("net.too_many_redirects",
                             failure.host + " redirects in circles. Use the final address.");
    case CURLE_OUT_OF_MEMORY:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_FAILED_INIT:
        return internalError("net.client", "The HTTP client failed: " + failure.detail);
    default:
        return broken(failure, "net.reset", "closed the connection before a whole answer");
    }
}

} // namespace

Error toError(const HttpFailure &failure)
{
    if (failure.tooLarge)
        return tooLarge(failure).at(failure.host);
    if (failure.addressRefused && !failure.wasSent) {
        return configError("net.address_refused",
                           failure.host +
                               " has an address that this flow may not call. Allow it in "
                               "the connection, or use another address.")
            .at(failure.host);
    }
    Error error = classify(failure);
    error.evidence = failure.detail;
    return std::move(error).at(failure.host);
}

} // namespace tw
