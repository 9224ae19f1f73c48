// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/JournalSeal.h"

#include <QByteArray>

namespace tw {
namespace {

constexpr const char *kArea = "journal";
constexpr const char *kName = "seal";
constexpr std::string_view kCheck = "tidewire";
constexpr std::string_view kCheckPlace = "keep/journal/seal";

} // namespace

JournalSeal::JournalSeal(KeyRing keys) : m_keys(keys), m_sealer(std::move(keys), "journal") {}

std::unique_ptr<JournalSeal> JournalSeal::another() const
{
    return std::unique_ptr<JournalSeal>(new JournalSeal(m_keys));
}

std::string JournalSeal::seal(std::string_view plain, std::string_view place)
{
    return m_sealer.seal(plain, place);
}

Result<std::string> JournalSeal::open(std::string_view bytes, std::string_view place)
{
    return m_sealer.open(bytes, place);
}

Result<void> JournalSeal::note(Journal &journal, JournalSeal &seal, Instant now)
{
    const QByteArray check = QByteArray::fromStdString(seal.seal(kCheck, kCheckPlace)).toBase64();
    if (auto begun = journal.begin(); !begun)
        return begun;
    if (auto kept = journal.keep({kArea, kName, check.toStdString(), now}); !kept) {
        journal.rollback();
        return kept;
    }
    return journal.commit();
}

/// What tells the right key; empty: not sealed.
Result<std::string> JournalSeal::checkOf(Journal &journal)
{
    auto kept = journal.kept(kArea);
    if (!kept)
        return std::move(kept).error();
    for (const Kept &one : *kept) {
        if (one.name == kName)
            return QByteArray::fromBase64(QByteArray::fromStdString(one.value)).toStdString();
    }
    return std::string();
}

Result<std::unique_ptr<JournalSeal>> JournalSeal::attachLike(Journal &copy, const JournalSeal *like)
{
    auto check = checkOf(copy);
    if (!check)
        return std::move(check).error();
    if (check->empty())
        return std::unique_ptr<JournalSeal>();
    if (!like)
        return configError("vault.wrong_key", "The copy is sealed and the journal is not.");
    auto seal = like->another();
    if (auto opened = seal->open(*check, kCheckPlace); !opened)
        return std::move(opened).error();
    if (auto set = copy.setSeal(seal.get()); !set)
        return std::move(set).error();
    return seal;
}

Result<std::unique_ptr<JournalSeal>> JournalSeal::attach(Journal &journal, KeyPlaces places,
                                                         bool wanted, Instant now)
{
    auto check = checkOf(journal);
    if (!check)
        return std::move(check).error();
    if (check->empty() && !wanted)
        return std::unique_ptr<JournalSeal>();
    KeyStore store(std::move(places));
    auto keys = check->empty() ? store.openOrCreate() : store.open();
    if (!keys)
        return std::move(keys).error();
    std::unique_ptr<JournalSeal> seal(new JournalSeal(std::move(*keys)));
    if (check->empty()) {
        if (auto noted = note(journal, *seal, now); !noted)
            return std::move(noted).error();
    } else if (auto opened = seal->open(*check, kCheckPlace); !opened) {
        return std::move(opened).error().at("journal");
    }
    if (auto set = journal.setSeal(seal.get()); !set)
        return std::move(set).error();
    return seal;
}

} // namespace tw
