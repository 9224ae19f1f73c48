// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace tw {

/// A value that must not be seen: it does not print, does not compare by accident, is not copied
/// into YAML, JSON, logs or errors, and is wiped when it goes. reveal() marks each place of use.
class Secret
{
public:
    Secret() = default;
    explicit Secret(std::string value) : m_value(std::move(value)) {}
    Secret(const Secret &) = default;
    Secret(Secret &&other) noexcept;
    Secret &operator=(const Secret &other);
    Secret &operator=(Secret &&other) noexcept;
    ~Secret();

    bool isEmpty() const { return m_value.empty(); }
    std::string_view reveal() const { return m_value; }
    bool matches(std::string_view candidate) const; ///< Constant time for equal lengths.

    bool operator==(const Secret &) const = delete;

private:
    void wipe() noexcept;
    std::string m_value;
};

/// Compares in a time that depends on the lengths alone.
bool constantTimeEquals(std::string_view left, std::string_view right);

} // namespace tw
