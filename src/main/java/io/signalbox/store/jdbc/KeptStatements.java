package io.signalbox.store.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Connections that keep their prepared statements. SQLite's driver has the database compile a statement each time it is
 * prepared, which takes as long as running it; the writer says the same dozen of them over and over.
 *
 * <p>A statement is out of the cache while it is in use, so the same SQL prepared twice at once gets two.
 */
final class KeptStatements extends DelegatingDataSource {

    /** Statements with a list of ids come in many lengths. */
    private static final int MOST = 64;

    KeptStatements(DataSource connections) {
        super(connections);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return keeping(super.getConnection());
    }

    private static Connection keeping(Connection connection) {
        Map<String, PreparedStatement> idle = new LinkedHashMap<>();
        return (Connection) Proxy.newProxyInstance(
                KeptStatements.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    if (method.getName().equals("prepareStatement") && arguments != null && arguments.length == 1) {
                        String sql = (String) arguments[0];
                        PreparedStatement kept = idle.remove(sql);
                        return lent(kept == null ? connection.prepareStatement(sql) : kept, sql, idle);
                    }
                    if (method.getName().equals("close")) {
                        closeAll(idle);
                    }
                    return call(connection, method, arguments);
                });
    }

    private static PreparedStatement lent(
            PreparedStatement statement, String sql, Map<String, PreparedStatement> idle) {
        return (PreparedStatement) Proxy.newProxyInstance(
                KeptStatements.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                new InvocationHandler() {
                    private boolean returned;
                    private boolean failed;

                    @Override
                    public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments)
                            throws Throwable {
                        if (!method.getName().equals("close")) {
                            try {
                                return call(statement, method, arguments);
                            } catch (SQLException e) {
                                failed = true;
                                throw e;
                            }
                        }
                        if (returned) {
                            return null;
                        }
                        returned = true;
                        if (failed) {
                            // It may still hold the place where it failed, and with it the transaction.
                            statement.close();
                        } else {
                            giveBack(statement, sql, idle);
                        }
                        return null;
                    }
                });
    }

    private static void giveBack(PreparedStatement statement, String sql, Map<String, PreparedStatement> idle)
            throws SQLException {
        if (statement.isClosed() || idle.containsKey(sql)) {
            statement.close();
            return;
        }
        statement.clearBatch();
        statement.clearParameters();
        idle.put(sql, statement);
        if (idle.size() > MOST) {
            String oldest = idle.keySet().iterator().next();
            idle.remove(oldest).close();
        }
    }

    private static void closeAll(Map<String, PreparedStatement> idle) throws SQLException {
        for (PreparedStatement statement : idle.values()) {
            statement.close();
        }
        idle.clear();
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
