// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/Journal.h"
#include "core/store/RowSeal.h"
#include "core/vault/KeyStore.h"
#include "core/vault/Sealer.h"

#include <memory>

namespace tw {

/// Seals the payloads of a journal with the project's key (AES-256-GCM). Whether a journal is sealed
/// stands in it, with a value that tells the right key from another one.
class JournalSeal final : public RowSeal
{
public:
    /// Before anybody else uses the journal. `wanted`: seal it from now on, making a key when there
    /// is none; a sealed journal stays sealed. Answers null when it is not sealed. Errors: those of
    /// KeyStore, Config `vault.wrong_key`.
    static Result<std::unique_ptr<JournalSeal>> attach(Journal &journal, KeyPlaces places,
                                                       bool wanted, Instant now);

    /// Of a copy of the same journal: null when the copy is not sealed. Error: Config
    /// `vault.wrong_key`, also where there is nothing to open it with.
    static Result<std::unique_ptr<JournalSeal>> attachLike(Journal &copy, const JournalSeal *like);
    /// With the same keys, for another thread.
    std::unique_ptr<JournalSeal> another() const;

    std::string seal(std::string_view plain, std::string_view place) override;
    Result<std::string> open(std::string_view bytes, std::string_view place) override;

private:
    explicit JournalSeal(KeyRing keys);
    static Result<void> note(Journal &journal, JournalSeal &seal, Instant now);

    static Result<std::string> checkOf(Journal &journal);

    KeyRing m_keys;
    Sealer m_sealer;
};

} // namespace tw
