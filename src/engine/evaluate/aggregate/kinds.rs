//! Kinds of values, for folds that work on any.

use crate::vector::Values;
use std::borrow::Cow;
use std::hash::Hash;

/// One variant of [`Values`].
pub trait Kind: Send + Sync + 'static {
    /// A value kept from batch to batch.
    type Owned: Clone + Ord + Hash + Default + Send + Sync;
    /// A value in a batch.
    type Element<'p>;

    fn slice<'p>(values: &'p Values<'p>) -> &'p [Self::Element<'p>];
    fn own(element: &Self::Element<'_>) -> Self::Owned;
    fn values(owned: Vec<Self::Owned>) -> Values<'static>;
    /// The row that a reference is.
    fn row(_owned: &Self::Owned) -> Option<u32> {
        None
    }
}

macro_rules! kinds {
    ($($name:ident: $type:ty $(, $row:item)?;)*) => {
        $(
            pub struct $name;

            impl Kind for $name {
                type Owned = $type;
                type Element<'p> = $type;

                fn slice<'p>(values: &'p Values<'p>) -> &'p [$type] {
                    match values {
                        Values::$name(v) => v,
                        _ => unreachable!("checked: values of one type"),
                    }
                }

                #[inline]
                fn own(element: &$type) -> $type {
                    *element
                }

                fn values(owned: Vec<$type>) -> Values<'static> {
                    Values::$name(Cow::Owned(owned))
                }

                $($row)?
            }
        )*
    };
}

kinds! {
    YesNo: bool;
    Integer: i64;
    Decimal: i128;
    Date: i32;
    DateTime: i64;
    Time: u32;
    Duration: i64;
    Enum: u32;
    Reference: u32, fn row(owned: &u32) -> Option<u32> { Some(*owned) };
}

pub struct Text;

impl Kind for Text {
    type Owned = Box<str>;
    type Element<'p> = Cow<'p, str>;

    fn slice<'p>(values: &'p Values<'p>) -> &'p [Cow<'p, str>] {
        match values {
            Values::Text(v) => v,
            _ => unreachable!("checked: values of one type"),
        }
    }

    fn own(element: &Cow<'_, str>) -> Box<str> {
        (**element).into()
    }

    fn values(owned: Vec<Box<str>>) -> Values<'static> {
        let texts = owned.into_iter().map(|t| Cow::Owned(t.into_string()));
        Values::Text(texts.collect())
    }
}

/// `$body` with `$kind` as the [`Kind`] of a type.
macro_rules! with_kind {
    ($ty:expr, $kind:ident => $body:expr) => {{
        use crate::engine::evaluate::aggregate::kinds;
        use crate::schema::Type;
        macro_rules! of {
            ($name:ident) => {{
                type $kind = kinds::$name;
                $body
            }};
        }
        match $ty {
            Type::Text | Type::Message => of!(Text),
            Type::YesNo | Type::Unknown => of!(YesNo),
            Type::Integer => of!(Integer),
            Type::Number | Type::Percent | Type::Money(_) => of!(Decimal),
            Type::Date => of!(Date),
            Type::DateTime => of!(DateTime),
            Type::Time => of!(Time),
            Type::Duration(_) => of!(Duration),
            Type::Enum(_) => of!(Enum),
            Type::Reference(_) => of!(Reference),
        }
    }};
}
pub(super) use with_kind;
