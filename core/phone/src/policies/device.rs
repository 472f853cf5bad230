//! Policies about phones and networks: desk phones, mobile phones, roaming. Specification of calling, 2.22, 4.5 and 4.7.

use super::calling::Switch;
use crate::bounded::Whole;
use crate::setting::{choices, settings};

choices! {
    /// Who signs in at a phone.
    SignInMode: UserSignIn "user_sign_in", CommonAreaPhoneSignIn "common_area_phone_sign_in",
        MeetingSignIn "meeting_sign_in";
    /// Whether a phone shows a home screen.
    HomeScreen: EnabledUserOverride "enabled_user_override", Enabled "enabled", Disabled "disabled";
    /// Over which networks a mobile phone has calls.
    MobileMode: AllNetworks "all_networks", WifiOnly "wifi_only";
    /// Which dialler a mobile phone uses.
    Dialer: App "app", Native "native", UserOverride "user_override";
}

settings! {
    /// What a desk phone offers.
    IpPhone {
        /// Who signs in at it.
        sign_in_mode: SignInMode = SignInMode::UserSignIn;
        /// Whether the phone and the computer beside it act together.
        allow_better_together: Switch = Switch::Enabled;
        /// Whether it shows a home screen.
        allow_home_screen: HomeScreen = HomeScreen::EnabledUserOverride;
        /// Whether others may sign in at it for a while.
        allow_hot_desking: bool = true;
        /// Minutes without use after which they are signed out.
        hot_desking_idle_timeout_minutes: Option<Whole<1, 1_440>> = None;
        /// Whether a phone in a common area can search for people.
        search_on_common_area_phone_mode: Switch = Switch::Enabled;
    }
}

settings! {
    /// Which networks and dialler a mobile phone uses.
    Mobility {
        /// Over which networks it has video.
        ip_video_mobile_mode: MobileMode = MobileMode::AllNetworks;
        /// Over which networks it has calls.
        ip_audio_mobile_mode: MobileMode = MobileMode::AllNetworks;
        /// Which dialler it uses.
        mobile_dialer_preference: Dialer = Dialer::App;
    }
}

settings! {
    /// What a network where people roam carries.
    NetworkRoaming {
        /// Whether it carries video.
        allow_ip_video: bool = true;
        /// Most that one person's sound and video take, in kbit/s.
        media_bit_rate_kb: Whole<50, 1_000_000> = Whole::of(50_000);
    }
}
