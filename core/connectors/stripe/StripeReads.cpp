// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/StripeReads.h"

#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/StripeErrors.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw::stripe {
namespace {

constexpr std::chrono::seconds kTimeout{20};
constexpr std::size_t kLargestAnswer = 64u << 20; // a hundred large events

} // namespace

StripeReads::StripeReads(Services services, std::shared_ptr<const StripeConnection> connection)
    : m_services(services), m_connection(std::move(connection))
{}

bool StripeReads::canCall() const
{
    return !m_connection->apiKey().isEmpty();
}

void StripeReads::get(const std::string &path, const FormFields &query, QObject *receiver,
                      Done done, const Whose &whose)
{
    if (m_counted)
        m_counted();
    HttpCall call;
    call.url = m_connection->baseUrl() + path;
    if (!query.empty())
        call.url += '?' + formEncode(query);
    if (!whose.account.empty())
        call.headers.set("Stripe-Account", whose.account);
    if (!whose.context.empty())
        call.headers.set("Stripe-Context", whose.context);
    send(std::move(call), receiver, std::move(done));
}

void StripeReads::post(const std::string &path, const FormFields &form, const std::string &key,
                       QObject *receiver, Done done)
{
    HttpCall call;
    call.method = "POST";
    call.url = m_connection->baseUrl() + path;
    call.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                    {"Idempotency-Key", key}};
    call.body = formEncode(form);
    call.repeatable = true;
    send(std::move(call), receiver, std::move(done));
}

void StripeReads::remove(const std::string &path, QObject *receiver, Done done)
{
    HttpCall call;
    call.method = "DELETE";
    call.url = m_connection->baseUrl() + path;
    send(std::move(call), receiver, std::move(done));
}

void StripeReads::send(HttpCall call, QObject *receiver, Done done)
{
    call.headers.add("Authorization", "Bearer " + std::string(m_connection->apiKey().reveal()));
    call.headers.add("Stripe-Version", m_connection->apiVersion());
    call.headers.add("Accept", "application/json");
    const auto unlessSet = [&](const char *header, const char *setting) {
        const std::string value = m_connection->settings().text(setting);
        if (!value.empty() && !call.headers.contains(header))
            call.headers.add(header, value);
    };
    unlessSet("Stripe-Account", "account");
    unlessSet("Stripe-Context", "context");
    call.timeout = kTimeout;
    call.maxResponseBytes = kLargestAnswer;
    m_services.http.send(
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
