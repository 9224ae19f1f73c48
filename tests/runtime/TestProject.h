// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/RunEvents.h"
#include "core/flow/Project.h"
#include "core/flow/SecretSource.h"

#include <QTemporaryDir>
#include <string>
#include <vector>

namespace tw::test {

/// A project folder of its own with the flow charges -> filter -> map -> upsert, its failures kept
/// as dead letters.
class TestProject
{
public:
    TestProject();
    std::string folder() const;
    std::string path(const std::string &name) const;
    void write(const std::string &name, const std::string &text);
    std::unique_ptr<Project> open() const;

    static std::string flowText();

private:
    QTemporaryDir m_folder;
};

class NoSecrets final : public SecretSource
{
public:
    std::optional<Secret> find(const std::string &, const std::string &) const override
    {
        return std::nullopt;
    }
    std::string hint(const std::string &connection, const std::string &field) const override
    {
        return "Set " + EnvironmentSecrets::variableName(connection, field) + ".";
    }
};

struct Watcher final : RunObserver
{
    std::vector<std::string> first, repeats;
    std::vector<Error> refusals;
    std::vector<RunSummary> runs;
    std::vector<DeadLetter> letters;

    void eventAccepted(const std::string &, const std::string &, const IncomingEvent &event,
                       std::int64_t, Acceptance acceptance) override
    {
        (acceptance == Acceptance::First ? first : repeats).push_back(event.id);
    }
    void deliveryRefused(const std::string &, const std::string &, const Error &why) override
    {
        refusals.push_back(why);
    }
    void runFinished(const RunSummary &run) override { runs.push_back(run); }
    void deadLettered(const DeadLetter &letter) override { letters.push_back(letter); }
};

} // namespace tw::test
