// SPDX-License-Identifier: MIT
//
// One libcurl easy handle, and the settings that hold for every one of ours: no proxies, no netrc, no redirects, no
// signals, certificates verified, TLS 1.2 or later. For connectors/*.cpp only. Belongs to the thread that uses it.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace nurture::connectors {

/// Once, whichever thread comes first.
inline bool curl_is_ready() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    return ready == CURLE_OK;
}

class CurlHandle {
public:
    CurlHandle() : easy_(create(), curl_easy_cleanup) {}

    template<typename T>
    void set(CURLoption option, T value) {
        if (CURLcode code = curl_easy_setopt(easy_.get(), option, value); code != CURLE_OK)
            throw std::runtime_error(std::string("libcurl refuses an option: ") + curl_easy_strerror(code));
    }
    void set(CURLoption option, const std::string& value) { set(option, value.c_str()); }  // libcurl copies it

    CURLcode perform() { return curl_easy_perform(easy_.get()); }

    long info(CURLINFO what) {
        long value = 0;
        curl_easy_getinfo(easy_.get(), what, &value);
        return value;
    }

    CURL* get() { return easy_.get(); }

    void set_house_rules(const std::string& ca_file) {
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_PROXY, "");  // an empty proxy also overrides the environment
        set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        set(CURLOPT_SSL_VERIFYPEER, 1L);
        set(CURLOPT_SSL_VERIFYHOST, 2L);
        if (!ca_file.empty())
            set(CURLOPT_CAINFO, ca_file);
    }

private:
    static CURL* create() {
        CURL* easy = curl_is_ready() ? curl_easy_init() : nullptr;
        if (!easy)
            throw std::runtime_error("libcurl cannot be initialised");
        return easy;
    }
    std::unique_ptr<CURL, void (*)(CURL*)> easy_;
};

}  // namespace nurture::connectors
