// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"
#include "core/connectors/stripe/StepForms.h"
#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/facts/Catalogue.h"
#include "core/expr/Expression.h"

#include <QObject>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tw::stripe {

/// What the steps that call Stripe's API have in common: they know the calls of the catalogue,
/// build the form of a message, and read answers. One object serves all items, on the engine's
/// thread; its answers die with it.
///
/// Keys: a POST carries the engine's idempotency key. Stripe gives the first answer again for a
/// key, also when that was a failure; so where that failure is no longer the last word (the answer
/// of a broken server comes again, or a person replays a refused event), the step first looks
/// whether anything came of the key, by the events that name it, and only then sends under the key
/// that follows from it ("<key>-1").
class ApiStep : public QObject, public Step
{
public:
    std::string endpoint() const override { return m_endpoint; }

protected:
    using Found = std::function<void(Result<std::optional<std::string>>)>; ///< Id of the object.

    ApiStep(const NodeContext &context, std::shared_ptr<StripeConnection> connection,
            CataloguePtr catalogue);

    void setEndpoint(std::string endpoint) { m_endpoint = std::move(endpoint); }
    StripeConnection &connection() const { return *m_connection; }
    Clock &clock() const { return m_clock; }
    const ApiCatalogue &catalogue() const { return *m_catalogue; }

    /// Sends a POST under the keys of the call until one of them has an answer that counts.
    void post(const StepCall &call, StripeCall request, const std::string &object,
              std::function<void(Result<DocumentPtr>, const std::string &note)> done,
              int round = 0);
    void get(StripeCall request, std::function<void(Result<DocumentPtr>)> done);

    /// What an answer holds. Errors as toError(), `stripe.bad_answer` when a success is no object.
    Result<DocumentPtr> read(const StripeCall &request, Result<HttpAnswer> answer) const;
    /// Which object came of a key, by the events of the last 30 days that name it. Error Rejected
    /// `stripe.too_old_to_tell`.
    void findByKey(const StepCall &call, const std::string &key, const std::string &object,
                   Found done);
    /// The object as it is now, by the catalogue's way to retrieve it.
    void fetch(const std::string &object, const std::string &id,
               std::function<void(Result<DocumentPtr>)> done,
               StripeCall::Turn turn = StripeCall::Turn::Further);

    std::vector<std::string> expand; ///< Asked for with each call.

private:
    struct Search;
    void nextPage(std::shared_ptr<Search> search);

    Clock &m_clock;
    std::shared_ptr<StripeConnection> m_connection;
    CataloguePtr m_catalogue; ///< Where a step's operations live.
    std::string m_endpoint;
};

/// "req_…", the idempotency key and what happened, for the run's list.
std::string callNote(const std::string &what, const HttpAnswer &answer, const std::string &key);

/// The class of calls of a path: its collection, "search" and "files" by themselves.
std::string endpointOf(const std::string &path);
/// The path with `id` in the place of its last {…}, encoded.
std::string pathWithId(const std::string &path, const std::string &id);
void addExpand(FormFields &fields, const std::vector<std::string> &expand);

Result<std::shared_ptr<StripeConnection>> stripeConnectionOf(const NodeContext &context);

} // namespace tw::stripe
