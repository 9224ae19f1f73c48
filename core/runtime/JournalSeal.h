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

    std::string seal(std::string_view plain, std::string_view place) override;
    Result<std::string> open(std::string_view bytes, std::string_view place) override;

private:
    explicit JournalSeal(KeyRing keys);
    static Result<void> note(Journal &journal, JournalSeal &seal, Instant now);

    Sealer m_sealer;
};

} // namespace tw
