//! In which language the three special groups are named (UCS I4).

/// A language in which the special groups can be named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Culture(&'static SpecialNames);

/// The names of the special groups in one language.
#[derive(PartialEq, Eq, Debug)]
pub struct SpecialNames {
    /// The language as the first subtag of a culture's name.
    pub language: &'static str,
    /// Of the group of contacts that are in no other.
    pub other_contacts: &'static str,
    /// Of the group of contacts whose presence is watched.
    pub tagged: &'static str,
    /// Of the group of favorites.
    pub favorites: &'static str,
}

impl Culture {
    /// The language of a culture's name such as `de-AT`; English where there is none, or one that is not known
    /// (UCS I4).
    pub fn of(name: Option<&str>) -> Culture {
        let language = name.unwrap_or_default().trim();
        let language = language.split(['-', '_']).next().unwrap_or_default();
        let known = NAMES.iter().find(|names| names.language.eq_ignore_ascii_case(language));
        Culture(known.unwrap_or(&ENGLISH))
    }

    /// The names.
    pub fn names(self) -> &'static SpecialNames {
        self.0
    }
}

impl Default for Culture {
    fn default() -> Culture {
        Culture(&ENGLISH)
    }
}

const fn names(
    language: &'static str,
    other_contacts: &'static str,
    tagged: &'static str,
    favorites: &'static str,
) -> SpecialNames {
    SpecialNames { language, other_contacts, tagged, favorites }
}

static ENGLISH: SpecialNames = names("en", "Other Contacts", "Tagged", "Favorites");

static NAMES: &[SpecialNames] = &[
    names("da", "Andre kontakter", "Mærkede", "Favoritter"),
    names("de", "Andere Kontakte", "Markiert", "Favoriten"),
    names("es", "Otros contactos", "Etiquetados", "Favoritos"),
    names("fi", "Muut yhteyshenkilöt", "Merkityt", "Suosikit"),
    names("fr", "Autres contacts", "Marqués", "Favoris"),
    names("it", "Altri contatti", "Contrassegnati", "Preferiti"),
    names("ja", "その他の連絡先", "タグ付き", "お気に入り"),
    names("nb", "Andre kontakter", "Merkede", "Favoritter"),
    names("nl", "Andere contactpersonen", "Gemarkeerd", "Favorieten"),
    names("pl", "Inne kontakty", "Oznaczone", "Ulubione"),
    names("pt", "Outros contatos", "Marcados", "Favoritos"),
    names("ru", "Другие контакты", "Отмеченные", "Избранное"),
    names("sv", "Andra kontakter", "Märkta", "Favoriter"),
    names("zh", "其他联系人", "已标记", "收藏夹"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// UCS I4.
    #[test]
    fn an_unknown_culture_is_english() {
        for name in [None, Some(""), Some("tlh"), Some("en-GB"), Some("-"), Some("x-klingon")] {
            assert_eq!(Culture::of(name), Culture::default(), "{name:?}");
        }
        assert_eq!(Culture::of(Some("de-AT")).names().favorites, "Favoriten");
        assert_eq!(Culture::of(Some("FR")).names().other_contacts, "Autres contacts");
    }
}
