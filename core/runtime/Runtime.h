// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Secret.h"
#include "core/connector/Registry.h"
#include "core/engine/RunEvents.h"
#include "core/flow/Project.h"
#include "core/sandbox/Double.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tw {

class Keychain;
class SecretSource;
struct ReviewRow;

struct RuntimeOptions
{
    std::string environment = "local";
    std::string dataDir;  ///< Journal and double data; empty: a temporary folder that goes with the runtime.
    std::string listen;   ///< "127.0.0.1:0"; empty: the environment's, else a free port on loopback.
    std::vector<std::string> flows; ///< Ids to deploy; empty: all of the project.
    std::uint64_t seed = 1;         ///< Of the doubles.
    /// "127.0.0.1:0": health, metrics and the desk (core/ops/desk.md); empty: no such door. With a
    /// data folder its address and token lie there in admin.json, readable by the owner alone.
    std::string admin;
    /// The admin door may stand open to other machines, with its token in clear on the wire.
    bool adminWithoutTls = false;
    /// Payloads in the journal are sealed with the project's key, whatever the environment says; a
    /// sealed journal stays sealed.
    bool encrypt = false;
    Keychain *keychain = nullptr;                     ///< Where that key may lie. Outlives it.
    std::function<std::optional<Secret>()> passphrase; ///< Asks a person for what protects it.
    /// Called once when the journal stopped for good (the disk did not confirm a write, the file is
    /// damaged): nothing is accepted any more; end the program and start again.
    std::function<void(const Error &)> failed;
};

/// Addresses of a running runtime: what the ready line of `tidewire run` says.
struct ReadyInfo
{
    std::string listen;                          ///< "http://127.0.0.1:40001".
    std::map<std::string, std::string> webhooks; ///< "<flow>/<step>" -> URL.
    std::map<std::string, std::string> hints;    ///< "<flow>/<step>" -> how events can reach it, or "".
    std::map<std::string, std::string> doubles;  ///< "stripe" -> URL.
    std::string admin;                           ///< URL; empty: none.
};

/// Puts core together: opens the journal, starts the doubles that the environment asks for,
/// connects, deploys the flows, and only then opens the webhook receiver. The only door for the
/// programs and the desktop to a running system.
///
/// Lives on the thread that starts it and uses that thread's event loop. `registry`, `clock`,
/// `secrets` and `observer` must outlive it; the project is read while starting only. Destroying it
/// stops at once (nothing accepted is lost); stop() lets steps in flight finish first.
class Runtime
{
public:
    /// Errors: Config for what the flows or the environment have wrong (the first finding, with file
    /// and line), Transient where the port or the journal cannot be had.
    static Result<std::unique_ptr<Runtime>> start(const Project &project, const Registry &registry,
                                                  Clock &clock, const SecretSource &secrets,
                                                  RunObserver &observer, RuntimeOptions options);
    ~Runtime();

    const ReadyInfo &ready() const;

    /// Hands an event file in as if it had been received, without a signature check: to `trigger`
    /// ("flow/step" or "step"); without one, see takersOf() in EventFile.h. `done` once, after it is
    /// durable everywhere; the first error of all.
    void inject(const std::string &json, std::function<void(Result<Acceptance>)> done,
                const std::string &trigger = {});

    /// Holds back what would be sent to a connection, until it is resumed; also over a restart.
    /// `who` is a person's name, `why` a sentence for others. `done` after it is on disk. Error:
    /// Rejected `engine.no_connection`.
    void pauseConnection(const std::string &name, std::string who, std::string why,
                         std::function<void(Result<void>)> done);
    void resumeConnection(const std::string &name, const std::string &who,
                          std::function<void(Result<void>)> done);
    /// All connections that running flows send to. Changes are told by
    /// RunObserver::connectionChanged().
    std::vector<GateStatus> gates() const;

    /// Questions to people that nobody answered yet, newest first, at most `limit`.
    void openReviews(int limit, std::function<void(Result<std::vector<ReviewRow>>)> done);

    std::vector<sandbox::Double *> doubles() const;
    sandbox::Double *doubleOf(const std::string &connector) const;

    /// No open runs and no retry waiting.
    bool isIdle() const;
    /// Stops accepting, lets calls in flight end (at most `grace`), checkpoints, then calls `done`.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);

private:
    class Impl;
    explicit Runtime(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace tw
