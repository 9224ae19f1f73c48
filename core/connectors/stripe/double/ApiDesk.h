// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connectors/stripe/double/ApiFrame.h"

#include <QObject>

namespace tw::stripe {

/// What Stripe would send an event about. `requestId` and `key` are empty where Stripe acts by
/// itself.
struct ObjectNews
{
    std::string type;
    Value object;
    Value previous; ///< Undefined: nothing was changed.
    std::string requestId, key;
};

/// ApiHost over one store: one account's data. Lives on the double's thread; clock and store must
/// outlive it.
class ApiDesk final : public QObject, public ApiHost
{
public:
    using News = std::function<void(const ObjectNews &news)>;
    using Inner = std::function<HttpResponse(const ApiCall &from, std::string_view method,
                                             const std::string &path, const Value &params)>;

    ApiDesk(Clock &clock, StripeStore &store, std::uint64_t seed);

    void onNews(News news) { m_news = std::move(news); }
    /// Called after each event was told, with the object as it is kept.
    using Told =
        std::function<void(const ApiCall &call, std::string_view event, const Value &object)>;
    void onTold(Told told) { m_told = std::move(told); }
    void onCall(Inner inner) { m_inner = std::move(inner); }

    Instant now(const Value &object = {}) override;
    std::string newId(std::string_view prefix) override;
    Random &random() override { return m_random; }
    const StripeStore &store() const override { return m_store; }
    Value get(const ApiCall &call, std::string_view type, std::string_view id) override;
    Value create(const ApiCall &call, const Value &object, std::string_view event) override;
    Value change(const ApiCall &call, const Value &before,
                 std::initializer_list<sandbox::JsonMaker::Member> changes,
                 std::string_view event) override;
    Value replace(const ApiCall &call, const Value &before, const Value &after,
                  std::string_view event) override;
    void remove(const ApiCall &call, const Value &object, std::string_view event) override;
    void tell(const ApiCall &call, std::string_view event, const Value &object,
              const Value &previous = {}) override;
    void later(const Value &object, std::chrono::milliseconds delay,
               std::function<void(const ApiCall &)> action) override;
    HttpResponse call(const ApiCall &from, std::string_view method, const std::string &path,
                      const Value &params) override;

    /// When an object was made, by the clock of the double: search finds it some time later.
    Instant madeAt(std::string_view id) const;

private:
    Clock &m_clock;
    StripeStore &m_store;
    Random m_random;
    News m_news;
    Told m_told;
    Inner m_inner;
    std::map<std::string, Instant, std::less<>> m_madeAt;
};

/// `previous_attributes` of a change (docs.stripe.com/api/events): of nested objects only the
/// members that changed, of lists the whole old one; what was not there is null. Undefined: nothing
/// changed.
Value previousAttributes(Arena &arena, const Value &before, const Value &after);

} // namespace tw::stripe
