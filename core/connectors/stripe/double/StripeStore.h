// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"
#include "core/sandbox/Double.h"
#include "core/sandbox/RecordLog.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// What the Stripe double holds: objects of every kind and the events about them, in the order in
/// which they came. With a data directory they survive restarts. Used from the double's thread.
class StripeStore final
{
public:
    struct Held
    {
        DocumentPtr object;
        int writes = 1;
        bool deleted = false;
    };

    Result<void> open(const std::string &dataDir);

    /// Adds or replaces the object under its `object` type and `id`.
    void put(const Value &object);
    void remove(std::string_view type, std::string_view id);
    const Held *find(std::string_view type, std::string_view id) const;
    /// The object with this id, of whatever type; a deleted one as Stripe shows it. Undefined:
    /// none.
    Value object(std::string_view id) const;
    /// Newest first, without deleted ones.
    std::vector<DocumentPtr> list(std::string_view type) const;
    /// The newest live object of a type that `fits`; null: none. Looks no further than that.
    DocumentPtr newest(std::string_view type,
                       const std::function<bool(const Value &object)> &fits) const;
    std::size_t count(std::string_view type) const;
    std::vector<sandbox::HeldRecord> records() const;
    /// Everything, as load() takes it; deleted objects carry a mark.
    Value dump(Arena &arena) const;
    void load(const Value &objects);
    void clear();

private:
    struct Shelf
    {
        std::vector<std::string> order;
        std::map<std::string, Held, std::less<>> byId;
    };

    void keep(const Value &object);
    std::map<std::string, std::string, std::less<>> m_types; ///< By id; of objects but events.

    std::map<std::string, Shelf, std::less<>> m_shelves;
    sandbox::RecordLog m_log;
};

} // namespace tw::stripe
