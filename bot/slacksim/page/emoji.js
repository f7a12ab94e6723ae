// Short names of emoji. A bot writes `:warning:`, people read ⚠️; a name that is not here stays as it was typed, as in Slack.

const table = `
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣
large_brown_circle 🟤|black_circle ⚫|white_circle ⚪|large_red_square 🟥|large_orange_square 🟧|large_yellow_square 🟨
large_green_square 🟩|large_blue_square 🟦|large_purple_square 🟪|black_large_square ⬛|white_large_square ⬜
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|heavy_multiplication_x ✖️
question ❓|grey_question ❔|exclamation ❗|heavy_exclamation_mark ❗|grey_exclamation ❕|bangbang ‼️|interrobang ⁉️
warning ⚠️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|rotating_light 🚨|construction 🚧|biohazard_sign ☣️
radioactive_sign ☢️|shield 🛡️|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|lock_with_ink_pen 🔏|key 🔑|old_key 🗝️
mag 🔍|mag_right 🔎|bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|clipboard 📋|memo 📝|pencil 📝
pencil2 ✏️|page_facing_up 📄|page_with_curl 📃|bookmark_tabs 📑|file_folder 📁|open_file_folder 📂|card_index_dividers 🗂️
card_file_box 🗃️|file_cabinet 🗄️|wastebasket 🗑️|package 📦|inbox_tray 📥|outbox_tray 📤|incoming_envelope 📨|email 📧
envelope ✉️|paperclip 📎|link 🔗|pushpin 📌|round_pushpin 📍|triangular_flag_on_post 🚩|label 🏷️|bell 🔔|no_bell 🔕
loudspeaker 📢|mega 📣|speech_balloon 💬|thought_balloon 💭|computer 💻|desktop_computer 🖥️|keyboard ⌨️|printer 🖨️
floppy_disk 💾|cd 💿|minidisc 💽|electric_plug 🔌|battery 🔋|satellite_antenna 📡|globe_with_meridians 🌐
earth_africa 🌍|earth_americas 🌎|earth_asia 🌏|iphone 📱|telephone_receiver 📞|gear ⚙️|hammer 🔨|wrench 🔧
hammer_and_wrench 🛠️|toolbox 🧰|chains ⛓️|bug 🐛|beetle 🪲|spider 🕷️|spider_web 🕸️|skull 💀|skull_and_crossbones ☠️
ghost 👻|robot_face 🤖|space_invader 👾|alien 👽|fire 🔥|bomb 💣|boom 💥|zap ⚡|snowflake ❄️|ice_cube 🧊|ocean 🌊
test_tube 🧪|microscope 🔬|dna 🧬|syringe 💉|pill 💊|ambulance 🚑|fire_engine 🚒|police_car 🚓|hourglass ⌛
hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰|clock1 🕐|clock3 🕒|calendar 📆|date 📅|spiral_calendar_pad 🗓️
arrow_up ⬆️|arrow_down ⬇️|arrow_left ⬅️|arrow_right ➡️|leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️
arrows_counterclockwise 🔄|arrows_clockwise 🔃|repeat 🔁|rewind ⏪|fast_forward ⏩|arrow_forward ▶️|arrow_backward ◀️
double_vertical_bar ⏸️|black_square_for_stop ⏹️|record_button ⏺️|new 🆕|free 🆓|ok 🆗|sos 🆘|id 🆔|information_source ℹ️
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|bulb 💡|books 📚|book 📖|scroll 📜|ledger 📒|newspaper 📰|eyes 👀|eye 👁️
bust_in_silhouette 👤|busts_in_silhouette 👥|detective 🕵️|sleuth_or_spy 🕵️|guardsman 💂|cop 👮|technologist 🧑‍💻
wave 👋|raised_hand ✋|hand ✋|thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|clap 👏|pray 🙏|muscle 💪|handshake 🤝
point_right 👉|point_left 👈|point_up ☝️|point_down 👇|ok_hand 👌|smile 😄|slightly_smiling_face 🙂|grin 😁|joy 😂
sweat_smile 😅|wink 😉|thinking_face 🤔|neutral_face 😐|cry 😢|sob 😭|scream 😱|rage 😡|sunglasses 😎|sleeping 😴
see_no_evil 🙈|face_with_monocle 🧐|face_with_raised_eyebrow 🤨|heart ❤️|broken_heart 💔|star ⭐|sparkles ✨|tada 🎉
trophy 🏆|dart 🎯|rocket 🚀|coffee ☕|pizza 🍕|house 🏠|office 🏢|hospital 🏥|bank 🏦|classical_building 🏛️|factory 🏭
ticket 🎫|ticket_tag 🏷️|moneybag 💰|credit_card 💳|scales ⚖️|recycle ♻️|heavy_plus_sign ➕|heavy_minus_sign ➖|infinity ♾️
small_blue_diamond 🔹|small_orange_diamond 🔸|large_blue_diamond 🔷|large_orange_diamond 🔶|black_small_square ▪️
`;

const names = new Map(
  table
    .trim()
    .split(/[|\n]/)
    .map((entry) => entry.split(" ")),
);

/** emoji gives the character for a short name without its colons, or undefined. */
export function emoji(name) {
  return names.get(name.replace(/::skin-tone-[2-6]$/, ""));
}

/** emojiNames gives up to `limit` short names that contain the letters, those that begin with them first. */
export function emojiNames(letters, limit) {
  const found = [...names.keys()].filter((name) => name.includes(letters));
  found.sort((a, b) => a.indexOf(letters) - b.indexOf(letters) || a.length - b.length);
  return found.slice(0, limit);
}

/** replaceEmoji turns every known `:name:` in a text into its character. */
export function replaceEmoji(text) {
  return text.replace(/:([a-z0-9_+'-]+):/g, (whole, name) => emoji(name) ?? whole);
}
