// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/Sealer.h"

#include <QtGlobal>
#include <algorithm>
#include <openssl/evp.h>

namespace tw {
namespace {

constexpr std::string_view kMagic("\x01TW\x01", 4);
constexpr std::size_t kIdSize = 4;
constexpr std::size_t kEpochSize = 8;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kHeadSize = kMagic.size() + kIdSize + kEpochSize;
static_assert(kHeadSize + kNonceSize + kTagSize == Sealer::kOverhead);

constexpr std::uint64_t kSealsPerEpoch = std::uint64_t(1) << 31; // NIST SP 800-38D 8.3: below 2^32
constexpr std::size_t kNoncesAhead = 128;
constexpr std::size_t kEpochsOpen = 64;

const unsigned char *data(std::string_view bytes)
{
    return reinterpret_cast<const unsigned char *>(bytes.data());
}

unsigned char *data(std::string &bytes, std::size_t at)
{
    return reinterpret_cast<unsigned char *>(bytes.data()) + at;
}

Error altered()
{
    return internalError("vault.altered",
                         "A sealed value does not open: its bytes were altered or moved to another "
                         "place. Restore the file from a backup.");
}

} // namespace

void Sealer::ContextDeleter::operator()(evp_cipher_ctx_st *context) const
{
    EVP_CIPHER_CTX_free(context);
}

Sealer::Sealer(KeyRing keys, std::string_view purpose)
    : m_keys(std::move(keys)), m_purpose("seal " + std::string(purpose))
{
    beginEpoch();
}

Sealer::~Sealer() = default;
Sealer::Sealer(Sealer &&) noexcept = default;
Sealer &Sealer::operator=(Sealer &&) noexcept = default;

bool Sealer::isSealed(std::string_view bytes)
{
    return bytes.starts_with(kMagic.substr(0, 3));
}

bool Sealer::isCurrent(std::string_view bytes) const
{
    return bytes.substr(0, kMagic.size() + kIdSize) ==
           std::string_view(m_head).substr(0, kMagic.size() + kIdSize);
}

Secret Sealer::epochKey(const ProjectKey &key, std::string_view epoch) const
{
    return key.derive(m_purpose, epoch);
}

void Sealer::beginEpoch()
{
    const std::string epoch = randomBytes(kEpochSize);
    m_head = std::string(kMagic).append(m_keys.front().idBytes()) + epoch;
    const Secret key = epochKey(m_keys.front(), epoch);
    m_sealing.reset(EVP_CIPHER_CTX_new());
    if (!m_sealing || EVP_EncryptInit_ex(m_sealing.get(), EVP_aes_256_gcm(), nullptr,
                                         data(key.reveal()), nullptr) != 1)
        qFatal("OpenSSL cannot begin AES-256-GCM");
    m_sealed = 0;
}

const char *Sealer::nextNonce()
{
    if (m_nonceAt == m_nonces.size()) {
        m_nonces = randomBytes(kNoncesAhead * kNonceSize);
        m_nonceAt = 0;
    }
    m_nonceAt += kNonceSize;
    return m_nonces.data() + m_nonceAt - kNonceSize;
}

std::string Sealer::seal(std::string_view plain, std::string_view aad)
{
    if (m_sealed++ == kSealsPerEpoch)
        beginEpoch();
    const char *nonce = nextNonce();
    std::string out;
    out.reserve(plain.size() + kOverhead);
    out.append(m_head).append(nonce, kNonceSize);
    const std::size_t body = out.size();
    out.resize(body + plain.size() + kTagSize);
    EVP_CIPHER_CTX *context = m_sealing.get();
    int written = 0;
    const bool done = EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr,
                                         reinterpret_cast<const unsigned char *>(nonce)) == 1 &&
                      EVP_EncryptUpdate(context, nullptr, &written, data(aad),
                                        static_cast<int>(aad.size())) == 1 &&
                      EVP_EncryptUpdate(context, data(out, body), &written, data(plain),
                                        static_cast<int>(plain.size())) == 1 &&
                      EVP_EncryptFinal_ex(context, data(out, body + plain.size()), &written) == 1 &&
                      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kTagSize,
                                          data(out, body + plain.size())) == 1;
    if (!done) // going on would mean to store in the clear
        qFatal("OpenSSL cannot seal");
    return out;
}

EVP_CIPHER_CTX *Sealer::openingFor(std::string_view keyAndEpoch)
{
    const auto known = std::find_if(m_openings.begin(), m_openings.end(), [&](const Opening &one) {
        return one.keyAndEpoch == keyAndEpoch;
    });
    if (known != m_openings.end())
        return known->context.get();
    const auto key = std::find_if(m_keys.begin(), m_keys.end(), [&](const ProjectKey &one) {
        return one.idBytes() == keyAndEpoch.substr(0, kIdSize);
    });
    if (key == m_keys.end())
        return nullptr;
    const Secret derived = epochKey(*key, keyAndEpoch.substr(kIdSize));
    Context context(EVP_CIPHER_CTX_new());
    if (!context || EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                                       data(derived.reveal()), nullptr) != 1)
        qFatal("OpenSSL cannot begin AES-256-GCM");
    if (m_openings.size() == kEpochsOpen)
        m_openings.erase(m_openings.begin());
    m_openings.push_back({std::string(keyAndEpoch), std::move(context)});
    return m_openings.back().context.get();
}

Result<std::string> Sealer::open(std::string_view bytes, std::string_view aad)
{
    if (!isSealed(bytes))
        return std::string(bytes);
    if (!bytes.starts_with(kMagic) && bytes.size() >= kMagic.size())
        return configError("vault.newer_format",
                           "A value was sealed by a newer Tidewire. Use that version.");
    if (bytes.size() < kOverhead)
        return altered();
    const auto keyAndEpoch = bytes.substr(kMagic.size(), kIdSize + kEpochSize);
    EVP_CIPHER_CTX *context = openingFor(keyAndEpoch);
    if (!context) {
        return configError("vault.wrong_key",
                           "A value was sealed with the key " +
                               toHex(keyAndEpoch.substr(0, kIdSize)) + ", and this project has " +
                               m_keys.front().id() +
                               ". Supply that key too: TIDEWIRE_PROJECT_KEY takes several, the "
                               "current one first.");
    }
    const auto nonce = bytes.substr(kHeadSize, kNonceSize);
    const auto body = bytes.substr(kHeadSize + kNonceSize, bytes.size() - kOverhead);
    std::string tag(bytes.substr(bytes.size() - kTagSize));
    std::string plain(body.size() + kTagSize, '\0'); // room for what Final might write
    int written = 0;
    const bool done =
        EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, data(nonce)) == 1 &&
        EVP_DecryptUpdate(context, nullptr, &written, data(aad), static_cast<int>(aad.size())) ==
            1 &&
        EVP_DecryptUpdate(context, data(plain, 0), &written, data(body),
                          static_cast<int>(body.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, kTagSize, data(tag, 0)) == 1 &&
        EVP_DecryptFinal_ex(context, data(plain, body.size()), &written) == 1;
    if (!done)
        return altered();
    plain.resize(body.size());
    return plain;
}

} // namespace tw
