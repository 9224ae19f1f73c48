// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/schema/Settings.h"

#include <memory>
#include <string>

namespace tw {

class HttpClient;
class KeyMemory;

/// What every connection, trigger and step may use. All outlive them; all on the engine's thread.
struct Services
{
    Clock &clock;
    HttpClient &http;
    KeyMemory *keys = nullptr; ///< Null outside a running engine.
};

/// One configured way to another system, shared by all steps that name it: holds the session
/// (token, limits). Connectors derive from it. Lives on the engine's thread.
class Connection
{
public:
    Connection(std::string name, Settings settings)
        : m_name(std::move(name)), m_settings(std::move(settings))
    {}
    virtual ~Connection() = default;

    const std::string &name() const { return m_name; }
    const Settings &settings() const { return m_settings; }

private:
    std::string m_name;
    Settings m_settings;
};

} // namespace tw
