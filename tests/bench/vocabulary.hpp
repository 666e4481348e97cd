// SPDX-License-Identifier: MIT
//
// The invented store of the benchmarks: which fields and events it has, which values, how often. Proportions are those
// that the goals were measured with: per person 1.9 tags, 1.4 certifications, 5.3 events.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace nurture::bench {

struct City {
    std::string_view name;  // as dsl/places knows it
    std::string_view state, zone;
    double lat, lon;
};

// Earlier values are more frequent than later ones.
inline constexpr std::array<std::string_view, 12> k_professions = {"Registered Nurse",   "Pharmacist",
                                                                   "Physical Therapist", "Surgical Technologist",
                                                                   "Radiographer",       "Occupational Therapist",
                                                                   "Physician",          "Respiratory Therapist",
                                                                   "Nurse Educator",     "Phlebotomist",
                                                                   "Dietitian",          "Clinical Research Associate"};
inline constexpr std::array<std::string_view, 14> k_states = {"TX", "CA", "FL", "NY", "IL", "OH", "GA",
                                                              "WA", "AZ", "CO", "MA", "NM", "OK", "LA"};
inline constexpr std::array<std::string_view, 6> k_stages = {"Available", "On assignment", "Interviewing",
                                                             "Offer out", "Retired",       "New"};
inline constexpr std::array<std::string_view, 8> k_sources = {"Referral",     "Job board", "Hiring event", "Website",
                                                              "Social media", "Agency",    "University",   "Walk-in"};
inline constexpr std::array<std::string_view, 30> k_tags = {
    "ICU",     "Nights",      "Travel",    "Days",      "Weekend",    "Pediatrics", "Oncology", "Bilingual",
    "Charge",  "Per diem",    "Permanent", "Med-Surg",  "Telemetry",  "NICU",       "PACU",     "Cath Lab",
    "Trauma",  "Home health", "Hospice",   "Dialysis",  "Outpatient", "Rural",      "Veteran",  "Leader",
    "Teacher", "Relocates",   "Part time", "Full time", "Remote",     "On call"};
inline constexpr std::array<std::string_view, 18> k_certifications = {
    "BLS",  "ACLS", "PALS", "CCRN",  "TNCC",  "CEN", "NRP",  "OCN",  "CNOR",
    "CPAN", "RNC",  "ONC",  "CDCES", "CWOCN", "CPN", "CRRN", "CHPN", "CMSRN"};
inline constexpr std::array<City, 14> k_cities = {{{"Dallas, TX", "TX", "America/Chicago", 32.78, -96.80},
                                                   {"Houston, TX", "TX", "America/Chicago", 29.76, -95.37},
                                                   {"Austin, TX", "TX", "America/Chicago", 30.27, -97.74},
                                                   {"Chicago, IL", "IL", "America/Chicago", 41.88, -87.63},
                                                   {"Columbus, OH", "OH", "America/New_York", 39.96, -83.00},
                                                   {"Atlanta, GA", "GA", "America/New_York", 33.75, -84.39},
                                                   {"Miami, FL", "FL", "America/New_York", 25.76, -80.19},
                                                   {"Boston, MA", "MA", "America/New_York", 42.36, -71.06},
                                                   {"Seattle, WA", "WA", "America/Los_Angeles", 47.61, -122.33},
                                                   {"Phoenix, AZ", "AZ", "America/Phoenix", 33.45, -112.07},
                                                   {"Denver, CO", "CO", "America/Denver", 39.74, -104.99},
                                                   {"Pittsburgh, PA", "PA", "America/New_York", 40.44, -80.00},
                                                   {"Milwaukee, WI", "WI", "America/Chicago", 43.04, -87.91},
                                                   {"Shreveport, LA", "LA", "America/Chicago", 32.53, -93.75}}};
inline constexpr std::array<std::string_view, 5> k_owners = {"dana.wu", "lee.ortiz", "priya.nair", "ruth.lindqvist",
                                                             "sam.okafor"};

struct Happening {
    std::string_view kind;
    int per_thousand;  // events per thousand people, 5,300 in all
    int years_back;
    bool has_template;  // an event of a message: names the template
};
// In the order in which the store keeps them, so that rows can be appended.
inline constexpr std::array<Happening, 9> k_happenings = {{{"applied", 800, 5, false},
                                                           {"attended", 250, 3, false},
                                                           {"bounced", 60, 3, true},
                                                           {"clicked", 500, 3, true},
                                                           {"interviewed", 350, 5, false},
                                                           {"opened", 740, 3, true},
                                                           {"received", 2100, 3, true},
                                                           {"replied", 300, 3, true},
                                                           {"worked", 200, 6, false}}};

inline constexpr std::string_view k_consent_email = "job news", k_consent_sms = "text messages";
inline constexpr std::string_view k_list_never = "Do not contact", k_list_later = "Not now";

/// The name of the fair, the job, the old mailing: which of some few.
std::string name_of(const Happening& happening, unsigned number);

}  // namespace nurture::bench
