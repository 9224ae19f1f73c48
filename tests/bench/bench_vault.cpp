// SPDX-License-Identifier: GPL-3.0-or-later
// Sealing and opening, as a ratio to a bare EVP loop in the same run: one key, one context, a
// counter as nonce, one buffer.
#include "core/vault/Sealer.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <openssl/evp.h>
#include <vector>

namespace {

using Stopwatch = std::chrono::steady_clock;

double nanoseconds(const std::function<void()> &work, int repeats)
{
    const auto start = Stopwatch::now();
    for (int i = 0; i < repeats; ++i)
        work();
    const std::chrono::duration<double, std::nano> spent = Stopwatch::now() - start;
    return spent.count() / repeats;
}

/// 10th percentile over batches of about two milliseconds: what the machine does undisturbed.
double measured(const std::function<void()> &work)
{
    work();
    const int repeats = std::max(1, static_cast<int>(2e6 / std::max(nanoseconds(work, 3), 1.0)));
    std::vector<double> figures;
    for (int i = 0; i < 100; ++i)
        figures.push_back(nanoseconds(work, repeats));
    std::sort(figures.begin(), figures.end());
    return figures[figures.size() / 10];
}

class BareLoop
{
public:
    BareLoop() : m_context(EVP_CIPHER_CTX_new())
    {
        const unsigned char key[32] = {1};
        EVP_EncryptInit_ex(m_context, EVP_aes_256_gcm(), nullptr, key, nullptr);
    }
    ~BareLoop() { EVP_CIPHER_CTX_free(m_context); }
    void seal(const std::string &plain)
    {
        ++m_nonce[0];
        m_out.resize(plain.size() + 16);
        int written = 0;
        EVP_EncryptInit_ex(m_context, nullptr, nullptr, nullptr, m_nonce);
        EVP_EncryptUpdate(m_context, nullptr, &written, m_nonce, 8);
        EVP_EncryptUpdate(m_context, m_out.data(), &written,
                          reinterpret_cast<const unsigned char *>(plain.data()),
                          static_cast<int>(plain.size()));
        EVP_EncryptFinal_ex(m_context, m_out.data() + plain.size(), &written);
        EVP_CIPHER_CTX_ctrl(m_context, EVP_CTRL_GCM_GET_TAG, 16, m_out.data() + plain.size());
    }

private:
    EVP_CIPHER_CTX *m_context;
    unsigned char m_nonce[12] = {};
    std::vector<unsigned char> m_out;
};

} // namespace

int main()
{
    tw::Sealer sealer({tw::ProjectKey::random()}, "bench");
    BareLoop bare;
    std::size_t sink = 0;
    std::printf("%8s %12s %12s %12s %12s\n", "bytes", "bare EVP us", "seal us", "open us",
                "seal : bare");
    for (const std::size_t size : {64u, 256u, 1024u, 4096u, 65536u}) {
        const std::string plain(size, 'x');
        const std::string sealed = sealer.seal(plain, "events/1");
        const double evp = measured([&] { bare.seal(plain); });
        const double seal = measured([&] { sink += sealer.seal(plain, "events/1").size(); });
        const double open = measured([&] { sink += sealer.open(sealed, "events/1")->size(); });
        std::printf("%8zu %12.3f %12.3f %12.3f %12.2f\n", size, evp / 1000, seal / 1000,
                    open / 1000, seal / evp);
    }
    return sink == 0;
}
