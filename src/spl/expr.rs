//! Eval expressions: the language of `eval`, `where`, `fieldformat`, `eval()` inside aggregations, and of EVAL- and
//! calculated fields.
//!
//! Here `AND` binds tighter than `OR` (in the `search` command it is the other way round), double quotes hold text
//! and single quotes field names, and `a.b` joins two values unless it is quoted (Search Reference, eval).

use std::ops::Range;

use super::Cursor;
use crate::diagnostic::Diagnostic;
use crate::store::Text;

/// An expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub at: Range<usize>,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `10`, `1.5`.
    Number(f64),
    /// `"text"`.
    Text(Text),
    /// `field`, `'a field'`.
    Field(Text),
    /// `name(args)`; the name in lower case.
    Call(String, Range<usize>, Vec<Expr>),
    /// `-x`, `+x`, `NOT x`.
    Unary(Unary, Box<Expr>),
    /// `a + b`.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `a IN (b, c)`.
    In(Box<Expr>, Vec<Expr>),
}

/// Operators before an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `-x`
    Minus,
    /// `+x`
    Plus,
    /// `NOT x`, `!x`
    Not,
}

/// Operators between operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Binary {
    Or,
    Xor,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Like,
    Add,
    Subtract,
    Concat,
    Multiply,
    Divide,
    Modulo,
}

impl Binary {
    /// Binding power: higher binds tighter. NOT stands between AND and the comparisons (Search Manual, "Boolean
    /// expressions": NOT, AND, OR, XOR).
    pub(super) fn power(self) -> u8 {
        match self {
            Binary::Xor => 1,
            Binary::Or => 2,
            Binary::And => 3,
            Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::LessEqual
            | Binary::Greater
            | Binary::GreaterEqual
            | Binary::Like => 5,
            Binary::Add | Binary::Subtract | Binary::Concat => 6,
            Binary::Multiply | Binary::Divide | Binary::Modulo => 7,
        }
    }

    /// As it is written.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Binary::Or => "OR",
            Binary::Xor => "XOR",
            Binary::And => "AND",
            Binary::Equal => "=",
            Binary::NotEqual => "!=",
            Binary::Less => "<",
            Binary::LessEqual => "<=",
            Binary::Greater => ">",
            Binary::GreaterEqual => ">=",
            Binary::Like => "LIKE",
            Binary::Add => "+",
            Binary::Subtract => "-",
            Binary::Concat => ".",
            Binary::Multiply => "*",
            Binary::Divide => "/",
            Binary::Modulo => "%",
        }
    }

    /// AND, OR, XOR.
    pub(super) fn is_logical(self) -> bool {
        matches!(self, Binary::And | Binary::Or | Binary::Xor)
    }
}

impl Unary {
    /// Binding power.
    pub(super) fn power(self) -> u8 {
        if self == Unary::Not { 4 } else { 8 }
    }
}

/// Deeper than any person writes; keeps hostile input from the end of the stack.
const MAX_DEPTH: usize = 200;
/// The same for the tree that is made: `a+b+c+…` is not nested in the text, but each operator holds the one before it.
const MAX_HEIGHT: usize = 1000;

impl Expr {
    /// Reads one expression; stops before a comma, an unmatched `)` or the end.
    pub fn parse(cursor: &mut Cursor<'_>) -> Result<Expr, Diagnostic> {
        Parser { cursor, depth: 0, height: 0 }.expression(0)
    }

    /// Calls `f` with the name of every field that is read.
    pub fn fields(&self, f: &mut impl FnMut(&Text)) {
        match &self.kind {
            ExprKind::Number(_) | ExprKind::Text(_) => {}
            ExprKind::Field(name) => f(name),
            ExprKind::Call(_, _, args) => args.iter().for_each(|a| a.fields(f)),
            ExprKind::Unary(_, a) => a.fields(f),
            ExprKind::Binary(_, a, b) => {
                a.fields(f);
                b.fields(f);
            }
            ExprKind::In(a, list) => {
                a.fields(f);
                list.iter().for_each(|e| e.fields(f));
            }
        }
    }
}

struct Parser<'a, 'b> {
    cursor: &'a mut Cursor<'b>,
    depth: usize,
    /// Of the tallest tree made so far inside the expression that is being read.
    height: usize,
}

impl Parser<'_, '_> {
    fn expression(&mut self, min_power: u8) -> Result<Expr, Diagnostic> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.cursor.unexpected("the expression is nested too deep"));
        }
        let outside = std::mem::take(&mut self.height);
        let mut left = self.prefix()?;
        loop {
            self.height += 1;
            if self.height > MAX_HEIGHT {
                return Err(self
                    .cursor
                    .unexpected("the expression has too many operators: put parts of it into fields of their own"));
            }
            let before = self.cursor.position();
            if min_power <= Binary::Like.power() {
                if let Some(expr) = self.in_list(&left)? {
                    left = expr;
                    continue;
                }
                self.cursor.reset(before);
            }
            let Some(op) = self.operator() else { break };
            if op.power() < min_power {
                self.cursor.reset(before);
                break;
            }
            let right = self.expression(op.power() + 1)?;
            let at = left.at.start..right.at.end;
            left = Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), at };
        }
        self.height = self.height.max(outside);
        self.depth -= 1;
        Ok(left)
    }

    /// `IN (…)` and `NOT IN (…)` after an operand.
    fn in_list(&mut self, left: &Expr) -> Result<Option<Expr>, Diagnostic> {
        let negated = self.cursor.keyword("not");
        if !self.cursor.keyword("in") || self.cursor.peek() != Some(b'(') {
            return Ok(None);
        }
        let (list, end) = self.arguments()?;
        let at = left.at.start..end;
        let inside = Expr { kind: ExprKind::In(Box::new(left.clone()), list), at: at.clone() };
        Ok(Some(if negated { Expr { kind: ExprKind::Unary(Unary::Not, Box::new(inside)), at } } else { inside }))
    }

    fn operator(&mut self) -> Option<Binary> {
        let c = &mut *self.cursor;
        let first = c.peek()?;
        let (op, len) = match (first, c.byte_at(1)) {
            (b'=', Some(b'=')) => (Binary::Equal, 2),
            (b'=', _) => (Binary::Equal, 1),
            (b'!', Some(b'=')) => (Binary::NotEqual, 2),
            (b'<', Some(b'=')) => (Binary::LessEqual, 2),
            (b'>', Some(b'=')) => (Binary::GreaterEqual, 2),
            (b'<', Some(b'>')) => (Binary::NotEqual, 2),
            (b'<', _) => (Binary::Less, 1),
            (b'>', _) => (Binary::Greater, 1),
            (b'+', _) => (Binary::Add, 1),
            (b'-', _) => (Binary::Subtract, 1),
            (b'.', _) => (Binary::Concat, 1),
            (b'*', _) => (Binary::Multiply, 1),
            (b'/', _) => (Binary::Divide, 1),
            (b'%', _) => (Binary::Modulo, 1),
            _ => {
                return [("or", Binary::Or), ("and", Binary::And), ("xor", Binary::Xor), ("like", Binary::Like)]
                    .into_iter()
                    .find_map(|(word, op)| c.keyword(word).then_some(op));
            }
        };
        c.advance(len);
        Some(op)
    }

    fn prefix(&mut self) -> Result<Expr, Diagnostic> {
        let from = {
            self.cursor.white();
            self.cursor.position()
        };
        let unary = match self.cursor.peek() {
            Some(b'-') => Some((Unary::Minus, 1)),
            Some(b'+') => Some((Unary::Plus, 1)),
            Some(b'!') if self.cursor.byte_at(1) != Some(b'=') => Some((Unary::Not, 1)),
            _ if self.cursor.peek_keyword("not") => Some((Unary::Not, 3)),
            _ => None,
        };
        if let Some((op, len)) = unary {
            self.cursor.advance(len);
            let operand = self.expression(op.power())?;
            let at = from..operand.at.end;
            // A signed number is a literal.
            if let (Unary::Minus, ExprKind::Number(n)) = (op, &operand.kind) {
                return Ok(Expr { kind: ExprKind::Number(-n), at });
            }
            return Ok(Expr { kind: ExprKind::Unary(op, Box::new(operand)), at });
        }
        self.operand(from)
    }

    fn operand(&mut self, from: usize) -> Result<Expr, Diagnostic> {
        match self.cursor.byte() {
            Some(b'(') => {
                self.cursor.advance(1);
                let mut inner = self.expression(0)?;
                if !self.cursor.eat(b')') {
                    return Err(self.cursor.spl().syntax(&(from..from + 1), "the parenthesis is not closed", "opens here"));
                }
                inner.at = from..self.cursor.position();
                Ok(inner)
            }
            Some(b'"') => {
                let word = self.cursor.quoted()?;
                Ok(Expr { kind: ExprKind::Text(word.text.into()), at: word.at })
            }
            Some(b'\'') => match self.cursor.field()? {
                Some(word) => Ok(Expr { kind: ExprKind::Field(word.text.into()), at: word.at }),
                None => Err(self.missing()),
            },
            Some(b'0'..=b'9') => self.number(from),
            Some(b'.') if self.cursor.byte_at(1).is_some_and(|b| b.is_ascii_digit()) => self.number(from),
            Some(b) if is_name(b) => {
                while self.cursor.byte().is_some_and(|b| is_name(b) || b.is_ascii_digit() || matches!(b, b'{' | b'}'))
                    || (self.cursor.byte() == Some(b':') && self.cursor.byte_at(1) == Some(b':'))
                    || (self.cursor.byte() == Some(b':') && self.cursor.position() > from && self.previous() == b':')
                {
                    self.cursor.advance(1);
                }
                let at = from..self.cursor.position();
                let name = self.cursor.spl().text()[at.clone()].to_string();
                let before_parenthesis = self.cursor.position();
                if self.cursor.peek() == Some(b'(') {
                    let (args, end) = self.arguments()?;
                    return Ok(Expr { kind: ExprKind::Call(name.to_ascii_lowercase(), at, args), at: from..end });
                }
                self.cursor.reset(before_parenthesis);
                Ok(Expr { kind: ExprKind::Field(name.into()), at })
            }
            _ => Err(self.missing()),
        }
    }

    fn previous(&self) -> u8 {
        self.cursor.spl().text().as_bytes()[self.cursor.position() - 1]
    }

    fn number(&mut self, from: usize) -> Result<Expr, Diagnostic> {
        let mut seen_dot = false;
        loop {
            match self.cursor.byte() {
                Some(b'0'..=b'9') => self.cursor.advance(1),
                // `1.5` is a number, `1."x"` joins.
                Some(b'.') if !seen_dot && self.cursor.byte_at(1).is_some_and(|b| b.is_ascii_digit()) => {
                    seen_dot = true;
                    self.cursor.advance(1);
                }
                Some(b'e' | b'E') if self.exponent() => {}
                _ => break,
            }
        }
        let at = from..self.cursor.position();
        let text = &self.cursor.spl().text()[at.clone()];
        if let Some(b) = self.cursor.byte()
            && is_name(b)
        {
            // A field name may begin with a digit, such as 4xx_count.
            while self.cursor.byte().is_some_and(|b| is_name(b) || b.is_ascii_digit()) {
                self.cursor.advance(1);
            }
            let at = from..self.cursor.position();
            let name = self.cursor.spl().text()[at.clone()].into();
            return Ok(Expr { kind: ExprKind::Field(name), at });
        }
        match text.parse() {
            Ok(n) => Ok(Expr { kind: ExprKind::Number(n), at }),
            Err(_) => Err(self.cursor.spl().syntax(&at, "this is no number", "")),
        }
    }

    /// Takes `e10`, `e-3` if it stands here.
    fn exponent(&mut self) -> bool {
        let sign = usize::from(matches!(self.cursor.byte_at(1), Some(b'-' | b'+')));
        let digit = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_digit());
        if !digit(self.cursor.byte_at(1 + sign)) {
            return false;
        }
        self.cursor.advance(1 + sign);
        while digit(self.cursor.byte()) {
            self.cursor.advance(1);
        }
        true
    }

    /// `( a, b )`: the arguments and the position after the closing parenthesis.
    fn arguments(&mut self) -> Result<(Vec<Expr>, usize), Diagnostic> {
        self.cursor.white();
        let open = self.cursor.position();
        self.cursor.eat(b'(');
        let mut args = Vec::new();
        if self.cursor.eat(b')') {
            return Ok((args, self.cursor.position()));
        }
        loop {
            args.push(self.expression(0)?);
            if self.cursor.eat(b',') {
                continue;
            }
            if self.cursor.eat(b')') {
                return Ok((args, self.cursor.position()));
            }
            if self.cursor.is_done() {
                return Err(self.cursor.spl().syntax(&(open..open + 1), "the parenthesis is not closed", "opens here"));
            }
            return Err(self.cursor.unexpected("an operator, a comma or a closing parenthesis is expected"));
        }
    }

    fn missing(&mut self) -> Diagnostic {
        self.cursor.unexpected("a field, a value or a function is expected")
    }
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b == b'$' || b >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{MappedText, Sources};
    use crate::spl::Spl;

    /// The tree with all parentheses written out.
    fn show(e: &Expr) -> String {
        match &e.kind {
            ExprKind::Number(n) => n.to_string(),
            ExprKind::Text(t) => format!("{t:?}"),
            ExprKind::Field(f) => f.to_string(),
            ExprKind::Call(name, _, args) => format!("{name}({})", args.iter().map(show).collect::<Vec<_>>().join(",")),
            ExprKind::Unary(op, a) => format!("{op:?}({})", show(a)),
            ExprKind::Binary(op, a, b) => format!("({} {op:?} {})", show(a), show(b)),
            ExprKind::In(a, list) => format!("{} IN[{}]", show(a), list.iter().map(show).collect::<Vec<_>>().join(",")),
        }
    }

    fn parse(text: &str) -> String {
        let sources = Sources::new();
        let spl = Spl::new(MappedText::plain(sources.add("x", text), 0, text));
        let mut cursor = Cursor::whole(&spl);
        match Expr::parse(&mut cursor) {
            Ok(e) if cursor.is_done() => show(&e),
            Ok(e) => format!("{} …{}", show(&e), cursor.rest()),
            Err(d) => d.message,
        }
    }

    #[test]
    fn precedence_and_forms() {
        for (text, tree) in [
            ("a=1 OR b=2 AND c=3", "((a Equal 1) Or ((b Equal 2) And (c Equal 3)))"),
            ("a XOR b OR c", "(a Xor (b Or c))"),
            ("a OR b XOR c", "((a Or b) Xor c)"),
            ("NOT a=1 AND b", "(Not((a Equal 1)) And b)"),
            ("NOT old_dn IN (new_dn, \"x\")", "Not(old_dn IN[new_dn,\"x\"])"),
            ("x NOT IN (1)", "Not(x IN[1])"),
            ("1+2*3.5-4", "((1 Add (2 Multiply 3.5)) Subtract 4)"),
            ("finding_name.\", \".finding_description", "((finding_name Concat \", \") Concat finding_description)"),
            ("if(match(process, \"\\\\.(au3|exe)$\"), \"Y\", null)", "if(match(process,\"\\\\.(au3|exe)$\"),\"Y\",null)"),
            ("mvcount('Actor{}.ID')-1", "(mvcount(Actor{}.ID) Subtract 1)"),
            ("LIKE (a, \"%x%\") AND(b like \"y%\")", "(like(a,\"%x%\") And (b Like \"y%\"))"),
            ("firstTime > relative_time(now(), \"-70m@m\")", "(firstTime Greater relative_time(now(),\"-70m@m\"))"),
            ("-x + -2", "(Minus(x) Add -2)"),
            ("!isnull(a)", "Not(isnull(a))"),
            ("tag::host=\"x\"", "(tag::host Equal \"x\")"),
            ("a, b", "a …, b"),
        ] {
            assert_eq!(parse(text), tree, "{text}");
        }
        assert_eq!(parse("if(a"), "the parenthesis is not closed");
        assert_eq!(parse("a +"), "a field, a value or a function is expected");
        assert!(parse(&"(".repeat(5000)).contains("nested too deep"));
    }
}
