// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/StripeReads.h"

#include "core/connectors/stripe/ApiStep.h"
#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/StripeErrors.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw::stripe {
namespace {

constexpr std::chrono::seconds kTimeout{20};
constexpr std::size_t kLargestAnswer = 64u << 20; // a hundred large events

} // namespace

StripeReads::StripeReads(Services services, std::shared_ptr<StripeConnection> connection)
    : m_services(services), m_connection(std::move(connection))
{}

bool StripeReads::canCall() const
{
    return !m_connection->apiKey().isEmpty();
}

void StripeReads::sawTransaction(const std::string &event)
{
    m_connection->sawTransaction(event);
}

void StripeReads::get(const std::string &path, const FormFields &query, QObject *receiver,
                      Done done, const Whose &whose, std::chrono::milliseconds patience)
{
    if (m_counted)
        m_counted();
    StripeCall call;
    call.path = path;
    call.fields = query;
    call.account = whose.account;
    call.context = whose.context;
    call.patience = patience;
    send(std::move(call), receiver, std::move(done));
}

void StripeReads::post(const std::string &path, const FormFields &form, const std::string &key,
                       QObject *receiver, Done done)
{
    StripeCall call;
    call.method = "POST";
    call.path = path;
    call.fields = form;
    call.idempotencyKey = key;
    send(std::move(call), receiver, std::move(done));
}

void StripeReads::remove(const std::string &path, QObject *receiver, Done done)
{
    StripeCall call;
    call.method = "DELETE";
    call.path = path;
    send(std::move(call), receiver, std::move(done));
}

void StripeReads::send(StripeCall call, QObject *receiver, Done done)
{
    call.turn = StripeCall::Turn::Trigger;
    call.endpoint = endpointOf(call.path);
    call.timeout = kTimeout;
    call.largestAnswer = kLargestAnswer;
    m_connection->send(
        std::move(call), receiver,
        [&clock = m_services.clock, done = std::move(done)](Result<HttpAnswer> answer) {
            if (!answer)
                return done(std::move(answer).error());
            if (answer->status < 200 || answer->status > 299)
                return done(toError(*answer, clock.now()));
            auto body = parseJson(answer->body);
            if (!body)
                return done(transientError("stripe.bad_answer",
                                           "Stripe's answer is not JSON: " + body.error().message));
            done(Answer{share(std::move(*body)), std::string(answer->headers.value("Request-Id"))});
        });
}

std::chrono::milliseconds backOff(const Error &error, int tries, std::chrono::milliseconds longest)
{
    if (error.retryAfter)
        return *error.retryAfter;
    const std::chrono::milliseconds wait =
        std::chrono::seconds(1) * (1 << std::clamp(tries - 1, 0, 16));
    return std::min(wait, longest);
}

} // namespace tw::stripe
